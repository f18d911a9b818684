import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { PersistentVolumeClaim, StatefulSet, StatefulSetSpec } from '../../generated/types.ts';
import { statefulSetKind } from './kind.ts';

const { strategy, subresources, columns = [] } = statefulSetKind;
const container = { name: 'c', image: 'i:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] };
const claim = (storage = '1Gi'): PersistentVolumeClaim => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

function created(spec: Partial<StatefulSetSpec> = {}): StatefulSet {
  const set: StatefulSet = {
    metadata: { name: 's' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } },
      volumeClaimTemplates: [claim()],
      ...structuredClone(spec),
    },
  };
  strategy.defaults?.(set);
  strategy.prepareForCreate?.(set);
  return set;
}

const errorsOf = (spec: Partial<StatefulSetSpec>): string[] => strategy.validateCreate?.(created(spec)).map(fieldErrorMessage) ?? [];

test('defaults', () => {
  const { template: _, selector: _s, volumeClaimTemplates: claims, ...spec } = created().spec;
  assert.deepEqual(spec, {
    serviceName: '',
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    replicas: 1,
    revisionHistoryLimit: 10,
  });
  const { apiVersion, kind, spec: claimSpec, status } = claims?.[0] ?? claim();
  assert.deepEqual([apiVersion, kind, claimSpec.volumeMode, status], ['v1', 'PersistentVolumeClaim', 'Filesystem', { phase: 'Pending' }]);
  assert.deepEqual(created({ updateStrategy: { type: 'OnDelete' } }).spec.updateStrategy, { type: 'OnDelete' });
});

const cases: [spec: Partial<StatefulSetSpec>, ...errors: string[]][] = [
  [{}],
  [{ volumeClaimTemplates: [] }, 'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
  [
    { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] },
    'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
    'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
  ],
  [{ podManagementPolicy: 'X' }, "spec.podManagementPolicy: Invalid value: \"X\": must be 'OrderedReady' or 'Parallel'"],
  [{ updateStrategy: { type: 'X' } }, 'spec.updateStrategy: Invalid value: {"type":"X"}: must be \'RollingUpdate\' or \'OnDelete\''],
  [
    { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
    'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'',
  ],
  [
    { updateStrategy: { rollingUpdate: { partition: -1 } } },
    'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep' } },
    'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Delete", "Retain"',
  ],
  [
    { replicas: -1, ordinals: { start: -1 }, serviceName: 'a.b' },
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
    "spec.serviceName: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ],
  [{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
  [
    { selector: { matchLabels: { app: 'b' } } },
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
  ],
];

test('rules of a create', () => {
  for (const [spec, ...errors] of cases) assert.deepEqual(errorsOf(spec), errors, JSON.stringify(spec));
  assert.equal(strategy.validateName?.('a.b').length, 1);
});

test('an update changes replicas, template and the like, nothing else', () => {
  const old = created();
  const update = (change: (spec: StatefulSetSpec) => void, before = old): [number | undefined, string[]] => {
    const set = structuredClone(before);
    change(set.spec);
    strategy.prepareForUpdate?.(set, before);
    return [set.metadata.generation, strategy.validateUpdate?.(set, before).map(fieldErrorMessage) ?? []];
  };
  assert.deepEqual(
    update((spec) => {
      Object.assign(spec, { replicas: 3, minReadySeconds: 1, ordinals: { start: 2 }, revisionHistoryLimit: 2 });
      Object.assign(spec, {
        updateStrategy: { type: 'OnDelete' },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      });
    }),
    [2, []],
  );
  const forbidden =
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  for (const change of [{ serviceName: 'b' }, { podManagementPolicy: 'Parallel' }, { volumeClaimTemplates: [claim('2Gi')] }])
    assert.deepEqual(
      update((spec) => Object.assign(spec, change)),
      [2, [forbidden]],
    );

  const invalid = created({ volumeClaimTemplates: [], serviceName: 'a.b' });
  assert.deepEqual(
    update((spec) => Object.assign(spec, { replicas: 2 }), invalid),
    [2, []],
    'what came in before there was a rule against it may be scaled',
  );
});

test('fields of features that are off, warnings', () => {
  const set = created({
    updateStrategy: { rollingUpdate: { maxUnavailable: 2 } },
    volumeClaimTemplates: [claim('1500m')],
    revisionHistoryLimit: -1,
  });
  assert.deepEqual(set.spec.updateStrategy?.rollingUpdate, { partition: 0 });
  assert.deepEqual(strategy.warnings?.(set), [
    'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
  ]);
});

test('status, scale and the row', () => {
  const old = created({ replicas: 3 });
  old.status = { replicas: 3, collisionCount: 2 };
  const set = { ...old, status: { replicas: 2, readyReplicas: 1, currentReplicas: 3, availableReplicas: 2, collisionCount: 1 } };
  assert.deepEqual(subresources?.status?.validate?.(set, old).map(fieldErrorMessage), [
    'status.currentReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas',
    'status.collisionCount: Invalid value: 1: cannot be decremented',
  ]);
  const { scale } = subresources ?? {};
  assert.deepEqual([scale?.replicas(set), scale?.statusReplicas(set), scale?.selector(set)], [3, 2, 'app=a']);
  assert.deepEqual(
    columns.map((column) => column.cell(set, 0)),
    ['s', '1/3', '<unknown>', 'c', 'i:1'],
  );
});
