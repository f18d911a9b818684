/** Run by kubelet.test.ts in a network namespace of its own: what real kubectls do with streams, through the apiserver. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '@t8s/testkit';
import { attempt } from '../../lab/command.ts';
import { type NodeWithApi, startNodeWithApi } from './node-with-api.ts';
import { refuseWebSockets } from './websocket-refuser.ts';

const programs = (process.env['KUBECTLS'] ?? 'kubectl').split(':');
const withoutWebSockets = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };

let node: NodeWithApi;
const body = randomBytes(20_000_000);
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

before(async () => {
  node = await startNodeWithApi(process.env['ROOT_FS'] ?? '');
  await node.run('web', {
    command: ['sh', '-c', 'mkdir /www; echo hello > /www/index.html; httpd -p 80 -h /www; trap "exit 0" TERM; sleep 1000 & wait'],
  });
  await node.run('reader', { command: ['sh', '-c', 'while read line; do echo "got $line"; done; sleep 1000'], stdin: true });
  const [first = 'kubectl'] = programs;
  const { child, done } = start(first, ['exec', '-i', 'web', '--', 'sh', '-c', 'cat > /www/body']);
  child.stdin?.end(body);
  assert.equal((await done).code, 0);
});

after(() => node.stop());

interface Running {
  child: ChildProcess;
  done: Promise<{ code: number | null; stdout: Buffer; stderr: string }>;
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, ['--kubeconfig', node.kubeconfig, ...args], { env: { ...process.env, ...env } });
  const parts: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const done = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout: Buffer.concat(parts), stderr }));
  return { child, done };
}

/** Resolves with the local port. */
async function forward(program: string, port: number, env: NodeJS.ProcessEnv): Promise<Running & { local: number }> {
  const running = start(program, ['port-forward', 'pod/web', `:${port}`], env);
  let said = '';
  running.child.stdout?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const local = await eventually(() => {
    const [, number] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
    assert.ok(number, `port-forward said: ${said}`);
    return Number(number);
  }, 20_000);
  return { ...running, local };
}

function fetch(port: number, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, agent: false, timeout: 20_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () => resolve(Buffer.concat(parts)));
      response.once('error', reject);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in 20 s')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

/** Processes whose command line holds these words, a line each. */
async function processes(...words: string[]): Promise<string> {
  return (await attempt('pgrep', ['-af', ...words])).stdout;
}

/** Those that the kubelet, which is in this process, has in network namespaces of pods. */
const helpers = (): Promise<string> => processes('-P', String(process.pid), 'netns-dialer-child');

const clients = programs.flatMap((program) => {
  const name = program.split('/').at(-1) ?? program;
  const version = Number(/\.1\.(\d+)$/.exec(program)?.[1] ?? 0);
  return version >= 31
    ? [
        { name, program, env: {} },
        { name: `${name} without WebSockets`, program, env: withoutWebSockets },
      ]
    : [{ name, program, env: {} }];
});

for (const { name, program, env } of clients) {
  test(`${name}: exec, its streams, its exit code`, async () => {
    const command = ['sh', '-c', 'cat; echo out; echo err >&2; exit 7'];
    const withInput = start(program, ['exec', '-i', 'web', '--', ...command], env);
    withInput.child.stdin?.end('in\n');
    const seen = await withInput.done;
    assert.deepEqual([seen.code, seen.stdout.toString(), seen.stderr], [7, 'in\nout\n', 'err\ncommand terminated with exit code 7\n']);
    const plain = await start(program, ['exec', 'web', '--', 'echo', 'one', 'two'], env).done;
    assert.deepEqual([plain.code, plain.stdout.toString()], [0, 'one two\n']);
  });

  test(`${name}: exec -it has a terminal`, async () => {
    const command = `${program} --kubeconfig ${node.kubeconfig} exec -it web -- sh -c 'tty; stty -echo; read line; echo got $line; exit 5'`;
    const { code, stdout } = await attempt('script', ['-qec', command, '/dev/null'], { env: { ...process.env, ...env }, input: 'typed\n' });
    assert.equal(code, 5, stdout);
    assert.match(stdout, /\/dev\/pts\/\d+\r\n[\s\S]*got typed\r\n/);
  });

  test(`${name}: 50 MB through cat, both ways`, async () => {
    const { child, done } = start(program, ['exec', '-i', 'web', '--', 'cat'], env);
    const sent = createHash('sha256');
    for (let i = 0; i < 50; i++) {
      const part = body.subarray(i * 100_000, i * 100_000 + 1_000_000);
      sent.update(part);
      if (child.stdin?.write(part) === false) await once(child.stdin, 'drain');
    }
    child.stdin?.end();
    const { code, stdout, stderr } = await done;
    assert.deepEqual([code, stdout.length, stderr], [0, 50_000_000, '']);
    assert.equal(sum(stdout), sent.digest('hex'));
  });

  test(`${name}: attach -i reaches the process that runs`, async () => {
    const { child, done } = start(program, ['attach', '-i', 'reader'], env);
    let said = '';
    child.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    child.stdin?.write(`${name}\n`);
    await eventually(() => assert.equal(said, `got ${name}\n`), 20_000);
    child.kill('SIGKILL');
    await done;
  });

  test(`${name}: port-forward, one after the other and all at once; killed, it leaves nothing behind`, async () => {
    const { child, done, local } = await forward(program, 80, env);
    for (let i = 0; i < 100; i++) assert.equal((await fetch(local, '/')).toString(), 'hello\n', `request ${i}`);
    const bodies = await Promise.all([1, 2, 3, 4, 5, 6].map(() => fetch(local, '/body')));
    for (const received of bodies) assert.equal(sum(received), sum(body));
    assert.notEqual(await helpers(), '');
    child.kill('SIGKILL');
    await done;
    await eventually(async () => assert.equal(await helpers(), ''), 10_000);
  });

  test(`${name}: port-forward to a port where nothing listens`, async () => {
    const { child, done, local } = await forward(program, 81, env);
    await assert.rejects(fetch(local, '/'));
    const timer = setTimeout(() => child.kill(), 3000);
    const { stderr } = await done;
    clearTimeout(timer);
    assert.match(stderr, /error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace/);
    assert.match(stderr, /IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: /);
  });
}

test('where WebSockets are refused, clients that begin with them fall back to SPDY', async () => {
  const refuser = await refuseWebSockets(node.cluster.api.connection);
  try {
    for (const { name, program } of clients.filter(({ name: n, env }) => env !== withoutWebSockets && /\.1\.3[1-9]$/.test(n))) {
      const before = refuser.refused;
      const { code, stdout, stderr } = await start(program, ['--server', refuser.url, 'exec', 'web', '--', 'echo', 'fell back']).done;
      assert.deepEqual([code, stdout.toString()], [0, 'fell back\n'], `${name}: ${stderr}`);
      assert.ok(refuser.refused > before, `${name} did not try a WebSocket`);
    }
  } finally {
    refuser.close();
  }
});

test('a terminal whose client is killed is hung up', async () => {
  const pidFile = join(node.cluster.pki.dir, 'kubectl.pid');
  const kubectl = `${programs[0]} --kubeconfig ${node.kubeconfig} exec -it web -- sh -c 'echo begun; exec sleep 4321'`;
  const terminal = spawn('script', ['-qec', `echo $$ > ${pidFile}; exec ${kubectl}`, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await eventually(async () => assert.notEqual(await processes('^sleep 4321'), ''), 20_000);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  await once(terminal, 'close');
  await eventually(async () => assert.equal(await processes('^sleep 4321'), ''), 10_000);
});
