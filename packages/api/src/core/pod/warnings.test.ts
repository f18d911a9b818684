import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podKind } from './kind.ts';
import { podTemplateWarnings } from './warnings.ts';

test('what users are warned of', () => {
  const spec = {
    nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
    terminationGracePeriodSeconds: -1,
    containers: [
      {
        name: 'c',
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: 'PATH', value: '/a' },
          { name: 'PATH', value: '$(PATH):/b' },
        ],
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, protocol: 'TCP' },
        ],
      },
    ],
    volumes: [{ name: 'v', gitRepo: { repository: 'r' } }],
  };
  assert.deepEqual(podTemplateWarnings({}, spec, 'spec.template'), [
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.template.spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
  ]);
  const pod = { metadata: { name: 'a.b' }, spec: { containers: [] } };
  assert.match(podKind.strategy.warnings?.(pod)[0] ?? '', /^metadata.name: this is used in the Pod's hostname/);
  assert.deepEqual(podKind.strategy.warnings?.(pod, pod), [], 'updates of pods are not warned of');
});
