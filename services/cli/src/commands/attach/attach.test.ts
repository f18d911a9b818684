import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

/** Sends back what comes, and ends when stdin does, or at once without one. */
const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
const asked: string[] = [];
let api: TestApiserver;
before(async () => {
  api = await TestApiserver.start(
    () => false,
    (request, socket, head) => {
      asked.push(request.url ?? '');
      server.handleUpgrade(request, socket, head, (client) => {
        const end = (): void => {
          client.send(Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify({ status: 'Success' }))]));
          client.close();
        };
        client.send(Buffer.concat([Buffer.of(1), Buffer.from('hello\n')]));
        client.on('message', (data: Buffer) => {
          if (data[0] === 0) client.send(Buffer.concat([Buffer.of(1), data.subarray(1)]));
          if (data[0] === 255) end();
        });
        if (!request.url?.includes('stdin=true')) end();
      });
    },
  );
  const pod = (name: string, containers: object[], phase = 'Running'): void =>
    api.add('v1', 'Pod', { metadata: { name, namespace: 'default' }, spec: { containers }, status: { phase } });
  pod('one', [{ name: 'a', image: 'x' }]);
  pod('two', [
    { name: 'a', image: 'x' },
    { name: 'b', image: 'x' },
  ]);
  pod('done', [{ name: 'a', image: 'x' }], 'Succeeded');
});
after(async () => {
  server.close();
  await api.stop();
});
const prompt = "If you don't see a command prompt, try pressing enter.\n";
/** stderr, stdout, and the exit code where it is not 0. */
const kubectl = async (line: string, stdin = ''): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api, stdin });
  return err + out + (code === 0 ? '' : `[${code}]`);
};

test('the streams of a container', async () => {
  assert.equal(await kubectl('attach one'), `${prompt}hello\n`);
  assert.equal(asked.at(-1), '/api/v1/namespaces/default/pods/one/attach?container=a&stdin=false&stdout=true&stderr=true&tty=false');
  assert.equal(await kubectl('attach pod two -i -q', 'typed'), 'hello\ntyped');
  assert.equal(await kubectl('attach pod/two -c b'), `${prompt}hello\n`);
  assert.match(asked.at(-1) ?? '', /container=b/);
});

test('what is wrong is said as kubectl says it', async () => {
  assert.equal(await kubectl('attach one -it'), `error: Unable to use a TTY - container a did not allocate one\n${prompt}hello\n`);
  assert.equal(await kubectl('attach two'), `Defaulted container "a" out of: a, b\n${prompt}hello\n`);
  assert.equal(await kubectl('attach two -c x'), 'error: cannot attach to the container: container x not found in pod two\n[1]');
  assert.equal(await kubectl('attach done'), 'error: cannot attach a container in a completed pod; current phase is Succeeded\n[1]');
  assert.equal(await kubectl('attach nope'), 'Error from server (NotFound): pods "nope" not found\n[1]');
  assert.equal(await kubectl('attach'), 'error: at least 1 argument is required for attach\n[1]');
});
