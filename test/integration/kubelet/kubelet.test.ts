import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kubectlPrograms } from '../../lab/kubectl-program.ts';
import { makeRootFs } from './root-fs.ts';

const namespace = `t8s-kubelet-test-${process.pid}`;

/** Runs a suite in a network namespace of its own: no other node of this machine is touched. */
function runApart(suite: string, more: NodeJS.ProcessEnv, timeout: number): void {
  const dir = mkdtempSync(join(tmpdir(), 't8s-root-fs-'));
  const rootFs = makeRootFs(dir);
  execFileSync('ip', ['netns', 'add', namespace]);
  try {
    const enter = [`--net=/var/run/netns/${namespace}`];
    execFileSync('nsenter', [...enter, 'ip', 'link', 'set', 'lo', 'up']);
    const file = fileURLToPath(new URL(suite, import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync('nsenter', [...enter, process.execPath, '--test', '--test-reporter=spec', file], {
      encoding: 'utf8',
      env: { ...env, ...more, ROOT_FS: rootFs },
      timeout,
    });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  } finally {
    execFileSync('ip', ['netns', 'del', namespace]);
    rmSync(dir, { recursive: true, force: true });
  }
}

test('pods on real Docker', () => runApart('./pods-on-docker.js', {}, 200_000));

test('exec, attach and port-forward of every kubectl on this machine', async () => {
  const programs = await kubectlPrograms();
  runApart('./streams-on-docker.js', { KUBECTLS: programs.join(':') }, 300_000);
});

test('a bootstrap token brings a kubelet in, whose certificates are renewed under a stream', () =>
  runApart('./bootstrap-on-docker.js', {}, 240_000));

test('no secret is in any log, however loud', () => runApart('./canaries-on-docker.js', {}, 240_000));
