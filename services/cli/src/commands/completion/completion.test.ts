import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { TestApiserver } from '../../test-apiserver.ts';
import { run } from '../../test-run.ts';

test('bash completes commands, and those below them', async (t) => {
  const api = await TestApiserver.start();
  t.after(() => api.stop());
  const { out } = await run(['completion', 'bash'], { api });
  const complete = (...words: string[]): string =>
    execFileSync('bash', [
      '-c',
      `${out}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _kubectl_complete; echo "\${COMPREPLY[@]}"`,
    ])
      .toString()
      .trim();
  assert.equal(complete('kubectl', 'desc'), 'describe');
  assert.equal(complete('kubectl', 'rollout', 'st'), 'status');
  const { err, code } = await run(['completion', 'tcsh'], { api });
  assert.deepEqual([code, err], [1, 'error: Unsupported shell type "tcsh".\nSee \'kubectl completion -h\' for help and examples\n']);
});
