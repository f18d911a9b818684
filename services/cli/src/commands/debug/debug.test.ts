import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Pod } from '@t8s/api';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

let api: TestApiserver;
before(async () => {
  api = await startCluster();
});
after(() => api.stop());
const kubectl = async (line: string): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api });
  return out + err + (code === 0 ? '' : `[${code}]`);
};
const pods = (): Pod[] => [...api.objects].filter(([key]) => key.startsWith('/pods/')).map(([, object]) => object as unknown as Pod);

test('a node gets a pod that sees the host', async () => {
  assert.match(
    await kubectl('debug node/node-0 --profile=general --image=busybox -- sh'),
    /^Creating debugging pod node-debugger-node-0-\w{5} with container debugger on node node-0\.\n$/,
  );
  const { spec } = pods().find(({ metadata }) => metadata.name?.startsWith('node-debugger')) as Pod;
  const [container] = spec.containers;
  assert.deepEqual([spec.nodeName, spec.hostPID, spec.hostNetwork, container?.command], ['node-0', true, true, ['sh']]);
  assert.deepEqual(container?.volumeMounts, [{ name: 'host-root', mountPath: '/host' }]);
});

test('a copy of a pod has one container more, no labels and no node', async () => {
  assert.match(
    await kubectl('debug web-1 --profile=general --image=busybox --copy-to=copy'),
    /^Defaulting debug container name to debugger-\w{5}\.\n$/,
  );
  const { metadata, spec } = pods().find(({ metadata: { name } }) => name === 'copy') as Pod;
  assert.deepEqual([metadata.labels, spec.nodeName, spec.shareProcessNamespace, spec.containers.length], [undefined, undefined, true, 2]);
});

test('what is wrong is said as kubectl says it', async () => {
  assert.equal(await kubectl('debug web-1'), 'error: you must specify --image when not using --copy-to.\n[1]');
  assert.equal(await kubectl('debug nope --profile=general --image=x'), 'Error from server (NotFound): pods "nope" not found\n[1]');
  assert.equal(await kubectl('debug svc/web --profile=general --image=x'), 'error: "services" not supported by debug\n[1]');
  assert.equal(await kubectl('debug web-1 --image=x -t'), 'error: -i/--stdin is required for containers with -t/--tty=true\n[1]');
});
