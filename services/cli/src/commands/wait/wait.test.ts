import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, startCluster } from '../../test-run.ts';
import { parseCondition } from './condition.ts';

const object = (status: object, generation = 2) => ({ metadata: { name: 'a', generation }, status });

test('a condition counts for the generation it was seen for', () => {
  const ready = parseCondition('condition=ready');
  const conditions = [{ type: 'Ready', status: 'True' }];
  assert.equal(ready.isMet(object({ conditions })), true);
  assert.equal(ready.isMet(object({ conditions, observedGeneration: 1 })), false);
  assert.equal(ready.isMet(object({ conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] })), false);
  assert.equal(parseCondition('condition=Ready=false').isMet(object({ conditions: [{ type: 'Ready', status: 'False' }] })), true);
  assert.equal(ready.isMet(undefined), false);
});

test('a path leads to a value, or to any', () => {
  assert.equal(parseCondition('jsonpath={.status.n}=3').isMet(object({ n: 3 })), true);
  assert.equal(parseCondition("jsonpath='{.status.n}'='3'").isMet(object({ n: 4 })), false);
  assert.equal(parseCondition('jsonpath={.status.n}').isMet(object({ n: 4 })), true);
  assert.equal(parseCondition('jsonpath={.status.n}').isMet(object({})), false);
  assert.throws(() => parseCondition('jsonpath={.status.*}=3').isMet(object({ a: 1, b: 2 })), /matches more than one value/);
  assert.throws(() => parseCondition('ready'), /unrecognized condition: "ready"/);
});

test('the end of an object, and what is there only later', async (t) => {
  const api = await startCluster();
  t.after(() => api.stop());
  const kubectl = async (line: string): Promise<string> => {
    const { out, err } = await run(line.split(' '), { api });
    return out + err;
  };
  const gone = kubectl('wait pod/web-1 --for=delete');
  const later = kubectl('wait cm/late --for=create');
  while (api.requests.filter((request) => request.includes('watch=true')).length < 2) await new Promise((done) => setImmediate(done));
  await kubectl('delete pod web-1');
  await kubectl('create cm late');
  assert.deepEqual(await Promise.all([gone, later]), ['pod/web-1 condition met\n', 'configmap/late condition met\n']);
  assert.equal(
    await kubectl('wait cm/late --for=delete --timeout=50ms'),
    'error: timed out waiting for the condition on configmaps/late\n',
  );
});
