import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeRootFs } from './root-fs.ts';

const namespace = 't8s-kubelet-test';

test('pods on real Docker, in a network namespace of their own: no other node of this machine is touched', () => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-root-fs-'));
  const rootFs = makeRootFs(dir);
  spawnSync('ip', ['netns', 'del', namespace]);
  execFileSync('ip', ['netns', 'add', namespace]);
  try {
    const enter = [`--net=/var/run/netns/${namespace}`];
    execFileSync('nsenter', [...enter, 'ip', 'link', 'set', 'lo', 'up']);
    const suite = fileURLToPath(new URL('./pods-on-docker.js', import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync('nsenter', [...enter, process.execPath, '--test', '--test-reporter=spec', suite], {
      encoding: 'utf8',
      env: { ...env, ROOT_FS: rootFs },
      timeout: 120_000,
    });
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  } finally {
    execFileSync('ip', ['netns', 'del', namespace]);
    rmSync(dir, { recursive: true, force: true });
  }
});
