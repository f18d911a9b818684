/** Pod security on a real apiserver, as a real kubectl tells it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { namespaceKind, serviceAccountKind } from '@t8s/api';
import { type Cluster, startCluster } from './harness.ts';
import { type Kubectl, kubectlOf } from './kubectl-of.ts';

let cluster: Cluster;
let kubectl: Kubectl;
before(async () => {
  cluster = await startCluster();
  kubectl = await kubectlOf(cluster);
});
after(() => cluster.stop());

const namespace = 'walled';
const violations =
  'violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
const pod = (name: string, securityContext?: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { containers: [{ name: 'a', image: 'i', ...(securityContext && { securityContext }) }] },
});
const create = (object: object): Promise<string> => kubectl(['create', '-f', '-'], JSON.stringify(object));

test('a namespace that turns restricted tells of the pods it has, and lets in no more of them', { timeout: 60_000 }, async () => {
  const { admin } = cluster.api;
  await admin.resource(namespaceKind).create({ metadata: { name: namespace }, spec: {} });
  await admin.resource(serviceAccountKind).create({ metadata: { name: 'default', namespace } });
  await create(pod('early'));
  const told = await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
  assert.match(told, /Warning: existing pods in namespace "walled" violate the new PodSecurity enforce level "restricted:latest"/);
  assert.match(told, /Warning: early: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile/);
  await assert.rejects(create(pod('late')), (error: Error) => {
    assert.ok(error.message.includes(`pods "late" is forbidden: ${violations.replace('violate', 'violates')}`), error.message);
    return true;
  });
  const good = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
  assert.match(await create(pod('good', { ...good, seccompProfile: { type: 'RuntimeDefault' } })), /pod\/good created/);
  const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'a', image: 'i' }] } };
  const spec = { selector: { matchLabels: { app: 'w' } }, template };
  const made = await create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'w', namespace }, spec });
  assert.ok(made.includes(`Warning: would ${violations}`), made);
  await assert.rejects(
    kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/warn=loud']),
    /metadata\.labels\[pod-security\.kubernetes\.io\/warn\]: Invalid value: "loud": must be one of privileged, baseline, restricted/,
  );
});
