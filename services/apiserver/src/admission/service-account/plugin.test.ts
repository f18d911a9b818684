import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ServiceAccount } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { serviceAccount } from './plugin.ts';

const account = (change: Partial<ServiceAccount> = {}): ServiceAccount => ({ metadata: { name: 'default', namespace: 'd' }, ...change });
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

async function admit(spec: object, of: ServiceAccount = account()): Promise<Pod> {
  const write = podWrite(spec);
  await serviceAccount(storeOf({ serviceaccounts: [of] })).mutate?.(write);
  return write.object as Pod;
}

test('a pod gets its account, and token, CA and namespace in every container', async () => {
  const { spec } = await admit({ initContainers: [{ name: 'i', image: 'i' }] });
  assert.deepEqual([spec.serviceAccountName, spec.serviceAccount], ['default', 'default']);
  const [volume] = spec.volumes ?? [];
  assert.match(volume?.name ?? '', /^kube-api-access-[a-z0-9]{5}$/);
  assert.deepEqual(
    volume?.projected?.sources?.map((source) => Object.keys(source)[0]),
    ['serviceAccountToken', 'configMap', 'downwardAPI'],
  );
  for (const container of [...(spec.initContainers ?? []), ...spec.containers])
    assert.deepEqual(container.volumeMounts, [{ name: volume?.name, readOnly: true, mountPath }]);
});

test('a container that mounts something there itself keeps it; the pod has the last word on mounting at all', async () => {
  const own = { name: 'a', image: 'i', volumeMounts: [{ name: 'mine', mountPath }] };
  assert.equal((await admit({ containers: [own] })).spec.volumes, undefined);
  assert.equal((await admit({ automountServiceAccountToken: false })).spec.volumes, undefined);
  const never = account({ automountServiceAccountToken: false });
  assert.equal((await admit({}, never)).spec.volumes, undefined);
  assert.equal((await admit({ automountServiceAccountToken: true }, never)).spec.volumes?.length, 1);
});

test('pull secrets are the account’s unless the pod has its own; an unknown account is refused', async () => {
  const withSecrets = account({ imagePullSecrets: [{ name: 'registry' }] });
  assert.deepEqual((await admit({}, withSecrets)).spec.imagePullSecrets, [{ name: 'registry' }]);
  assert.deepEqual((await admit({ imagePullSecrets: [{ name: 'own' }] }, withSecrets)).spec.imagePullSecrets, [{ name: 'own' }]);
  await assert.rejects(admit({ serviceAccountName: 'nope' }), (error) => isStatus(error, 'Forbidden'));
});

test('an account that says so lets its pods use the secrets it lists, and no others', async () => {
  const strict = account({ secrets: [{ name: 'own' }], imagePullSecrets: [{ name: 'pull' }] });
  strict.metadata.annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
  const container = { name: 'a', image: 'i' };
  const said = 'is not allowed because service account default does not reference that';
  const cases: [spec: object, why: string | undefined][] = [
    [{ volumes: [{ name: 'v', secret: { secretName: 'own' } }] }, undefined],
    [{ volumes: [{ name: 'v', secret: { secretName: 'x' } }] }, `volume with secret.secretName="x" ${said} secret`],
    [
      { containers: [{ ...container, env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'x', key: 'k' } } }] }] },
      `container a with envVar E referencing secret.secretName="x" ${said} secret`,
    ],
    [
      { initContainers: [{ ...container, envFrom: [{ secretRef: { name: 'x' } }] }] },
      `init container a with envFrom referencing secret.secretName="x" ${said} secret`,
    ],
    [{ imagePullSecrets: [{ name: 'x' }] }, `imagePullSecrets[0].name="x" ${said} imagePullSecret`],
  ];
  const plugin = serviceAccount(storeOf({ serviceaccounts: [strict] }));
  for (const [spec, why] of cases) {
    const write = podWrite({ serviceAccountName: 'default', ...spec });
    if (why === undefined) await plugin.validate?.(write);
    else await assert.rejects(async () => plugin.validate?.(write), { message: `pods "web" is forbidden: ${why}` });
  }
});

test('a mirror pod has no account, and nothing that an account could give it', async () => {
  const plugin = serviceAccount(storeOf({}));
  const refused = async (spec: object): Promise<void> => {
    const write = podWrite(spec);
    write.object.metadata.annotations = { 'kubernetes.io/config.mirror': 'x' };
    await plugin.mutate?.(write);
    await plugin.validate?.(write);
  };
  await refused({});
  await assert.rejects(refused({ serviceAccountName: 'default' }), /a mirror pod may not reference service accounts$/);
  await assert.rejects(refused({ imagePullSecrets: [{ name: 's' }] }), /a mirror pod may not reference secrets$/);
  const sources = [{ serviceAccountToken: { path: 'token' } }];
  await assert.rejects(
    refused({ volumes: [{ name: 'v', projected: { sources } }] }),
    /may not use ServiceAccountToken volume projections$/,
  );
});

test('a pod without a name is told what its name will begin with', async () => {
  const write = podWrite({});
  write.object.metadata = { namespace: 'd', generateName: 'web-' };
  await assert.rejects(async () => serviceAccount(storeOf({})).mutate?.(write), {
    message: 'pods "web-" is forbidden: error looking up service account d/default: serviceaccount "default" not found',
  });
});
