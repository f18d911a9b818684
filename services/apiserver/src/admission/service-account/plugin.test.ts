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
