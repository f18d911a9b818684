import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentKind, namespaceKind, type Pod } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { Write } from '../../write-chain.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import type { PodSecurityConfiguration } from './configuration.ts';
import { podSecurity } from './plugin.ts';

const own = 'pod-security.kubernetes.io/';
const namespace = (labels: Record<string, string>): KubeObject => ({
  metadata: { name: 'd', labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [own + name, value])) },
});
const bad = { hostNetwork: true };

/** What the plugin says to a write in a namespace of these labels: refusal and warnings. */
function answer(
  labels: Record<string, string>,
  change: Partial<Write>,
  { pods = [], configuration }: { pods?: KubeObject[]; configuration?: PodSecurityConfiguration } = {},
): { error?: string; warnings: string[] } {
  const plugin = podSecurity(storeOf({ namespaces: [namespace(labels)], pods }), configuration);
  const write = podWrite(bad, change);
  const { warnings } = write.context;
  try {
    plugin.validate?.(write);
    return { warnings };
  } catch (error) {
    return { error: (error as Error).message, warnings };
  }
}

test('pods are refused or warned of, as the labels have it', () => {
  const says = 'host namespaces (hostNetwork=true)';
  assert.deepEqual(answer({}, {}), { warnings: [] });
  assert.deepEqual(answer({ enforce: 'baseline' }, {}), {
    error: `pods "web" is forbidden: violates PodSecurity "baseline:latest": ${says}`,
    warnings: [],
  });
  assert.deepEqual(answer({ warn: 'baseline', 'warn-version': 'v1.30' }, {}), {
    warnings: [`would violate PodSecurity "baseline:v1.30": ${says}`],
  });
  assert.deepEqual(answer({ enforce: 'baseline' }, { subresource: 'status' }), { warnings: [] });
});

test('a pod that is there is judged again when an image or an ephemeral container changes', () => {
  const { object } = podWrite(bad);
  assert.deepEqual(answer({ enforce: 'baseline' }, { old: object }), { warnings: [] });
  const other = podWrite({ ...bad, ephemeralContainers: [{ name: 'e' }] }).object;
  assert.match(answer({ enforce: 'baseline' }, { object: other, old: object }).error ?? '', /violates PodSecurity/);
});

test('who makes workloads is warned by what is enforced, and never refused', () => {
  const template = { spec: (podWrite(bad).object as Pod).spec };
  const object = { metadata: { name: 'web', namespace: 'd' }, spec: { template } } as KubeObject;
  const change = { object, resource: { kind: deploymentKind, storage: 'deployments' } };
  const warnings = ['would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'];
  assert.deepEqual(answer({ enforce: 'baseline' }, change), { warnings });
  assert.deepEqual(answer({ enforce: 'baseline', warn: 'privileged' }, change), { warnings: [] });
});

test('labels of namespaces: bad ones are refused, a raised level tells of the pods that are there', () => {
  const pods = ['b', 'a', 'c'].map((name) => ({ ...podWrite(bad).object, metadata: { name, namespace: 'd' } }));
  const change = (now: Record<string, string>, before?: Record<string, string>): Partial<Write> => ({
    resource: { kind: namespaceKind, storage: 'namespaces' },
    object: namespace(now),
    old: before && namespace(before),
  });
  assert.deepEqual(
    answer({}, change({ enforce: 'x', 'warn-version': '1' }))
      .error?.split(': ')
      .slice(0, 2),
    ['Namespace "d" is invalid', '[metadata.labels[pod-security.kubernetes.io/enforce]'],
  );
  assert.equal(answer({}, change({ enforce: 'x' }, { enforce: 'x' })).error, undefined, 'what was wrong before may stay');
  assert.deepEqual(answer({}, change({ enforce: 'baseline' }, {}), { pods }).warnings, [
    'existing pods in namespace "d" violate the new PodSecurity enforce level "baseline:latest"',
    'a (and 2 other pods): host namespaces',
  ]);
  assert.deepEqual(answer({}, change({ enforce: 'baseline' }, { enforce: 'restricted' }), { pods }).warnings, []);
});

const configured = (change: Partial<PodSecurityConfiguration['exemptions']>, level = 'baseline'): PodSecurityConfiguration => ({
  defaults: Object.fromEntries(
    ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [mode, level],
      [`${mode}-version`, 'v1.30'],
    ]),
  ),
  exemptions: { usernames: [], namespaces: [], runtimeClasses: [], ...change },
});

test('the configuration says what holds without labels, and for whom nothing does', () => {
  const refusal = 'pods "web" is forbidden: violates PodSecurity "baseline:v1.30": host namespaces (hostNetwork=true)';
  assert.equal(answer({}, {}, { configuration: configured({}) }).error, refusal);
  assert.deepEqual(answer({ enforce: 'privileged', warn: 'privileged' }, {}, { configuration: configured({}) }), { warnings: [] });
  const { object } = podWrite({ ...bad, runtimeClassName: 'vm' });
  for (const exemption of [{ usernames: ['u'] }, { namespaces: ['d'] }, { runtimeClasses: ['vm'] }])
    assert.deepEqual(answer({}, { object }, { configuration: configured(exemption) }), { warnings: [] }, JSON.stringify(exemption));
});

test('who labels an exempt namespace is told that it is in vain', () => {
  const change = {
    resource: { kind: namespaceKind, storage: 'namespaces' },
    object: namespace({ enforce: 'restricted', warn: 'baseline' }),
  };
  assert.deepEqual(answer({}, change, { configuration: configured({ namespaces: ['d'] }, 'privileged') }).warnings, [
    'namespace "d" is exempt from Pod Security, and the policy (enforce=restricted:v1.30, warn=baseline:v1.30) will be ignored',
  ]);
});

test('the audit log is told what is enforced, what is against the level that is audited, and who is exempt', () => {
  const audit = (labels: Record<string, string>, configuration?: PodSecurityConfiguration): Record<string, string> => {
    const write = podWrite({ ...bad, containers: [{ name: 'a', image: 'i', securityContext: { privileged: true } }] });
    const plugin = podSecurity(storeOf({ namespaces: [namespace(labels)] }), configuration);
    if (labels['enforce']) assert.throws(() => plugin.validate?.(write));
    else plugin.validate?.(write);
    return Object.fromEntries(write.context.annotations);
  };
  const violations = 'host namespaces (hostNetwork=true), privileged (container "a" must not set securityContext.privileged=true)';
  assert.deepEqual(audit({}), {});
  assert.deepEqual(audit({ audit: 'baseline', enforce: 'baseline', 'enforce-version': 'v1.30' }), {
    [`${own}enforce-policy`]: 'baseline:v1.30',
    [`${own}audit-violations`]: `would violate PodSecurity "baseline:latest": ${violations}`,
  });
  assert.deepEqual(audit({ audit: 'baseline' }, configured({ namespaces: ['d'] })), { [`${own}exempt`]: 'namespace' });
});
