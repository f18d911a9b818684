/** Which admission plugins are in force, and what they are told: by flags and files of a running apiserver, with the controllers behind them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  configMapKind,
  type Namespace,
  namespaceKind,
  type Pod,
  type PodSpec,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  roleBindingKind,
  roleKind,
  serviceAccountKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type Apiserver, type Cluster, startCluster } from './harness.ts';
import { kubectlOf } from './kubectl-of.ts';

let cluster: Cluster;
let plain: Client;
/** With all that is off by default, and a configuration. */
let strict: Apiserver;
let manager: ControllerManager;

const configuration = `
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: baseline, warn: restricted, warn-version: v1.30}
    exemptions: {usernames: [system:serviceaccount:kube-system:storage], namespaces: [kube-system]}
- name: PodNodeSelector
  path: selectors.yaml
- name: ResourceQuota
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: ResourceQuotaConfiguration
    limitedResources:
    - resource: pods
      matchScopes: [{scopeName: PriorityClass, operator: In, values: [system-cluster-critical]}]
`;

before(async () => {
  cluster = await startCluster();
  plain = cluster.api.admin;
  const { pki } = cluster;
  await writeFile(pki.file('admission.yaml'), configuration);
  await writeFile(
    pki.file('selectors.yaml'),
    'podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: zone=a, team: "zone=a,disk=ssd"}\n',
  );
  strict = await cluster.startApiserver([
    '--enable-admission-plugins=AlwaysPullImages,PodNodeSelector,OwnerReferencesPermissionEnforcement',
    '--disable-admission-plugins=DefaultTolerationSeconds',
    `--admission-control-config-file=${pki.file('admission.yaml')}`,
  ]);
  manager = await startControllerManager(cluster, [
    '--controllers=persistentvolumeclaim-protection-controller,persistentvolume-protection-controller',
  ]);
  for (const name of ['team', 'kube-system']) {
    const made = plain.resource(namespaceKind).create({ metadata: { name }, spec: {} });
    await made.catch((error: unknown) => assert.ok(isStatus(error, 'AlreadyExists')));
    await plain.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace: name } });
  }
});
after(async () => {
  await manager.stop();
  await cluster.stop();
});

const pod = (name: string, spec: Partial<PodSpec> = {}, namespace = 'team'): Pod => ({
  metadata: { name, namespace },
  spec: { containers: [{ name: 'c', image: 'i', imagePullPolicy: 'IfNotPresent' }], ...spec },
});

test('what is enabled changes pods, what is disabled no longer does', async () => {
  const { spec } = await strict.admin.resource(podKind).create(pod('changed'));
  assert.equal(spec.containers[0]?.imagePullPolicy, 'Always');
  assert.deepEqual(spec.nodeSelector, { zone: 'a' });
  assert.equal(spec.tolerations, undefined);
  const usual = await plain.resource(podKind).create(pod('usual'));
  assert.deepEqual([usual.spec.containers[0]?.imagePullPolicy, usual.spec.nodeSelector], ['IfNotPresent', undefined]);
  assert.equal(usual.spec.tolerations?.length, 2);
});

test('what they refuse, in upstream’s words', async () => {
  const cases: [made: Pod, why: string][] = [
    [
      pod('x', { nodeSelector: { zone: 'b' } }),
      'pods "x" is forbidden: pod node label selector conflicts with its namespace node label selector',
    ],
    [
      pod('x', { nodeSelector: { gpu: 'yes' } }),
      'pods "x" is forbidden: pod node label selector labels conflict with its namespace whitelist',
    ],
    [pod('x', { hostNetwork: true }), 'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'],
    [
      pod('x', { priorityClassName: 'system-cluster-critical' }),
      'insufficient quota to match these scopes: [{PriorityClass In [system-cluster-critical]}]',
    ],
  ];
  for (const [made, message] of cases) await assert.rejects(strict.admin.resource(podKind).create(made), { message });
  await strict.admin.resource(podKind).create(pod('exempt', { hostNetwork: true }, 'kube-system'));
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged', 'pod-security.kubernetes.io/warn': 'privileged' };
  const open: Namespace = { metadata: { name: 'open', labels }, spec: {} };
  await strict.admin.resource(namespaceKind).create(open);
  await strict.admin.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace: 'open' } });
  await strict.admin.resource(podKind).create(pod('host', { hostNetwork: true }, 'open'));
});

test('defaults of the configuration warn, with the version it names', async () => {
  const kubectl = await kubectlOf({ ...cluster, api: strict });
  const said = await kubectl(['-n', 'team', 'create', 'deployment', 'web', '--image=i']);
  assert.match(said, /^Warning: would violate PodSecurity "restricted:v1\.30": allowPrivilegeEscalation != false \(container "i" must set/);
});

test('an owner is waited for where the finalizers of its kind may be set', async () => {
  const namespace = 'team';
  const rules = [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['child'], verbs: ['delete'] },
  ];
  await plain.resource(roleKind).create({ metadata: { name: 'maker', namespace }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maker' };
  await plain
    .resource(roleBindingKind)
    .create({ metadata: { name: 'maker', namespace }, roleRef, subjects: [{ kind: 'User', name: 'maker' }] });
  const owner = await plain.resource(configMapKind).create({ metadata: { name: 'owner', namespace } });
  const maker = (await strict.client('maker')).resource(configMapKind);
  const owned = (name: string, blockOwnerDeletion: boolean) => ({
    metadata: {
      name,
      namespace,
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '', blockOwnerDeletion }],
    },
  });
  await eventually(() => maker.get({ namespace, name: 'owner' }));
  await assert.rejects(maker.create(owned('other', false)), {
    message: `configmaps "other" is forbidden: cannot set an ownerRef on a resource you can't delete: , <nil>`,
  });
  await assert.rejects(maker.create(owned('child', true)), {
    message: `configmaps "child" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>`,
  });
  await maker.create(owned('child', false));
});

test('a claim stays as long as a pod on a node uses it, a volume as long as it is bound', async () => {
  const namespace = 'team';
  const claims = plain.resource(persistentVolumeClaimKind);
  const volumes = plain.resource(persistentVolumeKind);
  const resources = { requests: { storage: '1Gi' } };
  const claim = await claims.create({ metadata: { name: 'data', namespace }, spec: { accessModes: ['ReadWriteOnce'], resources } });
  assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
  const mounted = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }], nodeName: 'n1' };
  await plain.resource(podKind).create(pod('user', mounted));
  await claims.delete({ namespace, name: 'data' });
  const volume = await volumes.create({
    metadata: { name: 'pv' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  });
  assert.deepEqual(volume.metadata.finalizers, ['kubernetes.io/pv-protection']);
  await volumes.updateStatus({ ...volume, status: { phase: 'Bound' } });
  await volumes.delete({ name: 'pv' });
  // An unused one is gone by then.
  await claims.create({ metadata: { name: 'unused', namespace }, spec: { accessModes: ['ReadWriteOnce'], resources } });
  await claims.delete({ namespace, name: 'unused' });
  await eventually(async () => assert.equal((await claims.list({ namespace })).items.length, 1, manager.output()), 10_000);
  const [going] = (await volumes.list()).items;
  assert.ok(going?.metadata.deletionTimestamp);
  await plain.resource(podKind).delete({ namespace, name: 'user' }, { gracePeriodSeconds: 0 });
  await volumes.updateStatus({ ...going, status: { phase: 'Released' } });
  await eventually(async () => {
    assert.deepEqual((await claims.list({ namespace })).items, [], manager.output());
    assert.deepEqual((await volumes.list()).items, [], manager.output());
  }, 10_000);
});

test('flags and files that can not be meant end the start with their name, field and reason', async () => {
  const { pki } = cluster;
  const bad = pki.file('bad.yaml');
  await writeFile(bad, configuration.replace('baseline', 'strict'));
  const cases: [flags: string[], said: RegExp][] = [
    [['--enable-admission-plugins=Nope'], /^kube-apiserver: enable-admission-plugins plugin "Nope" is unknown$/m],
    [
      ['--enable-admission-plugins=Priority', '--disable-admission-plugins=Priority'],
      /^kube-apiserver: \[Priority\] in enable-admission-plugins and disable-admission-plugins overlapped$/m,
    ],
    [
      [`--admission-control-config-file=${bad}`],
      /^kube-apiserver: --admission-control-config-file: \S+bad\.yaml: plugins\[0\]\.configuration\.defaults\.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted$/m,
    ],
  ];
  for (const [flags, said] of cases)
    await assert.rejects(cluster.startApiserver(flags), (error: Error) => {
      assert.match(error.message, /ended with code 2$/m);
      assert.match(error.message, said);
      return true;
    });
});
