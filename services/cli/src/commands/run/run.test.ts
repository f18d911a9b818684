import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';
import { isImageName } from './image-name.ts';

test('names of images', () => {
  for (const name of ['nginx', 'a/b:1', 'localhost:5000/a_b/c.d:v1', `x@sha256:${'a'.repeat(64)}`])
    assert.equal(isImageName(name), true, name);
  for (const name of ['', 'A', 'a b', 'a:', 'a//b', '-a', 'a:b:c']) assert.equal(isImageName(name), false, name);
});

/** A pod that runs when it is there, greets who is attached, and ends with this code. */
async function podsEnding(exitCode: number): Promise<{ api: TestApiserver; play(): Promise<void> }> {
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  const spec = { containers: [{ name: 'p', image: 'i' }], restartPolicy: 'Never' };
  const update = (status: object): void => api.add('v1', 'Pod', { metadata: { name: 'p', namespace: 'default', uid: 'u' }, spec, status });
  const api: TestApiserver = await TestApiserver.start(undefined, (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (client) => {
      client.send(Buffer.concat([Buffer.of(1), Buffer.from('hello\n')]));
      client.send(Buffer.concat([Buffer.of(3), Buffer.from('{"status":"Success"}')]));
      client.close();
      const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
      const containerStatuses = [{ name: 'p', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated } }];
      update({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses });
    }),
  );
  const play = async (): Promise<void> => {
    while (!api.requests.some((request) => request.includes('watch=true'))) await new Promise((done) => setImmediate(done));
    update({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
  };
  return { api, play };
}

test('the command ends as its pod does, and --rm leaves nothing', async (t) => {
  for (const exitCode of [0, 3]) {
    const { api, play } = await podsEnding(exitCode);
    t.after(() => api.stop());
    const [ran] = await Promise.all([run('run p --image=i -i --rm --restart=Never'.split(' '), { api }), play()]);
    assert.equal(ran.out, 'hello\npod "p" deleted\n');
    const end = exitCode === 0 ? '' : 'pod default/p terminated (Error)\n';
    assert.equal(ran.err, `If you don't see a command prompt, try pressing enter.\n${end}`);
    assert.equal(ran.code, exitCode);
    assert.equal(
      [...api.objects.keys()].some((key) => key.includes('/pods/')),
      false,
    );
  }
});
