import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

/** Runs what is asked for on this machine. */
function execute(client: WebSocket, url: string): void {
  const [program = '', ...args] = new URL(url, 'http://x').searchParams.getAll('command');
  const child = spawn(program, args);
  const send = (channel: number, bytes: Uint8Array | string): void => client.send(Buffer.concat([Buffer.of(channel), Buffer.from(bytes)]));
  child.stdout.on('data', (chunk: Buffer) => send(1, chunk));
  child.stderr.on('data', (chunk: Buffer) => send(2, chunk));
  client.on('message', (data: Buffer) => {
    if (data[0] === 0) child.stdin.write(data.subarray(1));
    if (data[0] === 255) child.stdin.end();
  });
  child.once('close', (code) => {
    const causes = [{ reason: 'ExitCode', message: String(code) }];
    send(3, JSON.stringify(code === 0 ? { status: 'Success' } : { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } }));
    client.close();
  });
}

async function machine(t: TestContext): Promise<{ kubectl(...args: string[]): Promise<string>; dir: string }> {
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  const api = await TestApiserver.start(undefined, (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (client) => execute(client, request.url ?? '')),
  );
  const pod = {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running' },
  };
  api.add('v1', 'Pod', pod);
  const dir = mkdtempSync(join(tmpdir(), 'cp-'));
  t.after(async () => {
    rmSync(dir, { recursive: true });
    server.close();
    await api.stop();
  });
  const kubectl = async (...args: string[]): Promise<string> => {
    const { out, err, code } = await run(['cp', ...args], { api });
    return out + err + (code === 0 ? '' : `[${code}]`);
  };
  return { kubectl, dir };
}

test('a file gets another name, a directory goes into one that is there', async (t) => {
  const { kubectl, dir } = await machine(t);
  const at = (...parts: string[]): string => join(dir, ...parts);
  mkdirSync(at('from', 'deep'), { recursive: true });
  mkdirSync(at('pod'));
  writeFileSync(at('from', 'deep', 'a.txt'), 'text');
  symlinkSync('deep/a.txt', at('from', 'link'));
  assert.equal(await kubectl(at('from', 'deep', 'a.txt'), `p:${at('pod', 'b.txt')}`), '');
  assert.equal(readFileSync(at('pod', 'b.txt'), 'utf8'), 'text');
  assert.equal(await kubectl(at('from'), `default/p:${at('pod')}`), '');
  assert.equal(readFileSync(at('pod', 'from', 'link'), 'utf8'), 'text');
  assert.match(await kubectl(`p:${at('pod', 'from')}`, at('back')), /^(tar: .*\n)?$/);
  assert.equal(readFileSync(at('back', 'deep', 'a.txt'), 'utf8'), 'text');
  await kubectl(`p:${at('pod', 'b.txt')}`, dir);
  assert.equal(readFileSync(at('b.txt'), 'utf8'), 'text');
});

test('what is wrong is said as kubectl says it', async (t) => {
  const { kubectl, dir } = await machine(t);
  assert.equal(await kubectl(), 'error: source and destination are required\n[1]');
  assert.equal(await kubectl('a', 'b'), 'error: one of src or dest must be a remote file specification\n[1]');
  assert.equal(await kubectl('q:a', 'b'), 'Error from server (NotFound): pods "q" not found\n[1]');
  assert.equal(await kubectl(join(dir, 'no'), 'p:/x'), `error: ${join(dir, 'no')} doesn't exist in local filesystem\n[1]`);
  assert.match(await kubectl(`p:${dir}/no`, join(dir, 'x')), /Cannot stat: No such file[\s\S]*command terminated with exit code 2\n\[2\]$/);
});
