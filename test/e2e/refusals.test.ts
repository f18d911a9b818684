/** What `t8s up` can't do: one line that says what, why, and what to do; nothing half-started stays. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ClusterUnderTest, launcher } from '../lab/cluster-under-test.ts';
import { attempt, type Outcome } from '../lab/command.ts';
import { changes, machineState } from '../lab/machine-state.ts';

const runtimeDir = '/run/t8s';
const cluster = new ClusterUnderTest();
const up = ['up', '--data-dir', cluster.dataDir];
// The launcher says so when it has to build.
before(() => cluster.t8s('--help'));
after(() => cluster.removeHome());

function assertRefused({ code, stderr }: Outcome, expected: { code: number; words: RegExp }): void {
  assert.match(stderr, expected.words);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.equal(code, expected.code);
}

test('without root', async () => {
  // The checkout may lie where only root can read.
  const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const outcome = await attempt('setpriv', [...asNobody, launcher, 'up'], { env: cluster.env });
  assertRefused(outcome, { code: 1, words: /^t8s: t8s up: needs root for containers and networks; run `sudo \.\/t8s up`$/m });
});

test('mistakes on the command line', async () => {
  assertRefused(await cluster.t8s('upp'), { code: 2, words: /^t8s: unknown command 'upp' \(Did you mean up\?\); see 't8s --help'$/m });
  assertRefused(await cluster.t8s('up', '--node', '3'), { code: 2, words: /^t8s: unknown option '--node' \(Did you mean --nodes\?\); / });
  assertRefused(await cluster.t8s('up', '--nodes', 'three'), { code: 2, words: /'three' is not a number/ });
  assertRefused(await cluster.t8s(...up, '--nodes', '0'), { code: 1, words: /^t8s: --nodes: 0 is not a number from 1 to 20$/m });
  assertRefused(await cluster.t8s(...up, '--pod-network-cidr', '10.96.0.0/12'), {
    code: 1,
    words: /^t8s: address ranges: those of pods and services overlap$/m,
  });
});

test('a port that another program has', async () => {
  const before = await machineState();
  const server = createServer().listen(6443, '0.0.0.0');
  await once(server, 'listening');
  try {
    const words = /^t8s: port 6443 \(kube-apiserver\): another program listens on it; `ss -ltnp 'sport = :6443'` names it: /m;
    assertRefused(await cluster.t8s(...up), { code: 1, words });
  } finally {
    server.close();
  }
  assert.deepEqual(changes(before, await machineState()), []);
});

test('while another `up` is at work', async () => {
  mkdirSync(runtimeDir, { recursive: true });
  const lock = join(runtimeDir, 'lock');
  // Fields after the name in parentheses, which may hold spaces: the twentieth is when the process began.
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(lock, JSON.stringify({ command: 'up', pid: process.pid, startTime }), { flag: 'wx' });
  try {
    const words = new RegExp(`^t8s: t8s up: \`t8s up\` \\(pid ${process.pid}\\) is at work on this machine; wait until it has ended$`, 'm');
    assertRefused(await cluster.t8s(...up), { code: 1, words });
    assertRefused(await cluster.t8s('down', '--data-dir', cluster.dataDir), { code: 1, words: /^t8s: t8s down: `t8s up` \(pid / });
  } finally {
    rmSync(lock);
    if (readdirSync(runtimeDir).length === 0) rmdirSync(runtimeDir);
  }
});

test('Docker that can be neither found nor installed', async () => {
  const before = await machineState();
  const apt = join(cluster.home, 'apt-get');
  writeFileSync(apt, "#!/bin/sh\necho 'E: Unable to locate package docker.io' >&2\nexit 100\n");
  chmodSync(apt, 0o755);
  const hide = 'mount --bind /dev/null "$(command -v dockerd)" && mount --bind "$0" "$(command -v apt-get)" && exec "$@"';
  const outcome = await attempt('unshare', ['--mount', 'sh', '-c', hide, apt, launcher, ...up], { env: cluster.env });
  assertRefused(outcome, {
    code: 1,
    words:
      /^t8s: cannot install docker\.io: Unable to locate package docker\.io; `apt-get update && apt-get install docker\.io` shows all of it$/m,
  });
  assert.deepEqual(changes(before, await machineState()), []);
});
