import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlOfTests } from '../../test-run.ts';

const kubectl = kubectlOfTests();

test('labels are set, changed and removed', async () => {
  assert.equal(await kubectl('label pod web-1 a=b'), 'pod/web-1 labeled\n');
  assert.equal(await kubectl('label pod web-1 a=b'), 'pod/web-1 not labeled\n');
  assert.equal(await kubectl('label pod web-1 a=c'), "error: 'a' already has a value (b), and --overwrite is false\n[1]");
  assert.equal(await kubectl('label pods --all a=c --overwrite'), 'pod/web-1 labeled\n');
  assert.equal(await kubectl('label pod web-1 --list'), 'a=c\napp=web\n');
  assert.equal(await kubectl('label pod web-1 a- nope-'), 'label "nope" not found.\npod/web-1 unlabeled\n');
  assert.equal(await kubectl('label pods'), 'error: at least one label update is required\n[1]');
});

test('annotations', async () => {
  assert.equal(await kubectl('annotate pod web-1 a=b'), 'pod/web-1 annotated\n');
  assert.match(await kubectl('annotate pod web-1 a=c'), /^error: --overwrite is false but found the following declared annotation/);
});
