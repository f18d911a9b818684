import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapKind, secretKind } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import { bootstrapToken } from '../../certificates/test-tokens.ts';
import { startControllers } from '../../test-context.ts';
import { bootstrapSignerController } from './controller.ts';

const ref = { namespace: 'kube-public', name: 'cluster-info' };
/** The example of k8s.io/cluster-bootstrap. */
const known = {
  content: 'Hello from the other side. I must have called a thousand times.',
  secret: 'my voice is my passcode',
  signature: 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8',
};

test('every token that may vouches for what the cluster says of itself, while it is there', async () => {
  const { client, clock, settle, stop } = await startControllers((context) => [bootstrapSignerController(context)]);
  const [secrets, configMaps] = [client.resource(secretKind), client.resource(configMapKind)];
  await configMaps.create({ metadata: ref, data: { kubeconfig: known.content, 'jws-kubeconfig-gone00': 'a..b', more: 'x' } });
  await secrets.create(bootstrapToken('joshua', { 'token-secret': known.secret }));
  const unfit: Record<string, Record<string, string>> = {
    nosign: { 'usage-bootstrap-signing': 'false' },
    ended0: { expiration: formatTime(clock.now() - 1000) },
    empty0: { 'token-secret': '' },
    other0: { 'token-id': 'xxxxxx' },
  };
  for (const [id, more] of Object.entries(unfit)) await secrets.create(bootstrapToken(id, more));
  const data = async (): Promise<unknown> => (await configMaps.get(ref)).data;
  await settle();
  assert.deepEqual(await data(), { kubeconfig: known.content, more: 'x', 'jws-kubeconfig-joshua': known.signature });
  await configMaps.patch(ref, { type: 'merge', body: { data: { kubeconfig: 'another' } } });
  await settle();
  assert.notEqual(((await data()) as Record<string, string>)['jws-kubeconfig-joshua'], known.signature);
  await secrets.delete({ namespace: 'kube-system', name: 'bootstrap-token-joshua' });
  await settle();
  assert.deepEqual(await data(), { kubeconfig: 'another', more: 'x' });
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'idle is idle');
  stop();
});
