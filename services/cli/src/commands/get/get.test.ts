import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

let api: TestApiserver;
before(async () => {
  api = await startCluster();
});
after(() => api.stop());
const get = async (...args: string[]): Promise<string> => {
  const { out, err } = await run(['get', ...args], { api });
  return (out + err).replaceAll(/\d+y(\d+d)?/g, 'AGE');
};

test('tables', async () => {
  assert.equal(await get('pods'), 'NAME    READY   STATUS    RESTARTS   AGE\nweb-1   1/1     Running   0          AGE\n');
  assert.equal(await get('pods', '--no-headers'), 'web-1   1/1   Running   0     AGE\n');
  assert.equal(
    await get('pod/web-1', 'svc/web'),
    `NAME        READY   STATUS    RESTARTS   AGE
pod/web-1   1/1     Running   0          AGE

NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/web   ClusterIP   10.96.0.7    <none>        80/TCP    AGE
`,
  );
  assert.match(await get('pods', '-A', '-L', 'app', '--show-labels'), /^NAMESPACE +NAME .* APP +LABELS\ndefault +web-1 .* web +app=web\n$/);
  assert.match(await get('all'), /^NAME +READY[\s\S]*pod\/web-1[\s\S]*service\/web[\s\S]*deployment.apps\/web/);
  assert.match(await get('pods', '--sort-by=x'), /^NAME .*\nweb-1 .*\n$/, 'one row is sorted by anything');
  assert.equal(await get('cm'), 'No resources found in default namespace.\n');
  assert.equal(await get('cm', '-A'), 'No resources found\n');
});

test('objects', async () => {
  assert.equal(await get('pods,deploy', '-o', 'name'), 'pod/web-1\ndeployment.apps/web\n');
  assert.equal(await get('deployments.', '-o', 'name'), 'deployment.apps/web\n', 'of whatever group');
  assert.equal(await get('pods', '-o=jsonpath={.items[*].spec.nodeName}'), 'node-0');
  assert.equal(await get('pods', '-o', 'custom-columns=N:.metadata.name,X:.x'), 'N       X\nweb-1   <none>\n');
  assert.match(await get('pod', 'web-1', '-o', 'yaml'), /^apiVersion: v1\nkind: Pod\nmetadata:\n/);
  const list = JSON.parse(await get('pods', '-o', 'json'));
  assert.deepEqual([list.kind, list.metadata, list.items[0].kind], ['List', { resourceVersion: '' }, 'Pod']);
});

test('what is wrong is said as kubectl says it', async () => {
  const failed = async (...args: string[]): Promise<[number, string]> => {
    const { code, err } = await run(args, { api });
    return [code, err];
  };
  assert.deepEqual(await failed('get', 'pods', 'x'), [1, 'Error from server (NotFound): pods "x" not found\n']);
  assert.deepEqual(await failed('get', 'x'), [1, 'error: the server doesn\'t have a resource type "x"\n']);
  assert.deepEqual(await failed('get', 'pods', '--x'), [1, "error: unknown flag: --x\nSee 'kubectl get --help' for usage.\n"]);
  assert.deepEqual(await failed('get', 'pods', '-o'), [
    1,
    "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n",
  ]);
  assert.deepEqual(await failed('get', 'pods', '--sort-by=x', '-o', 'name'), [
    1,
    'error: couldn\'t find any field with path "{.x}" in the list of objects\n',
  ]);
  assert.deepEqual(await failed('gte'), [
    1,
    'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'.replace('\tset\n', ''),
  ]);
  assert.deepEqual(await failed('get', 'pod', 'a', '-l', 'x=y'), [1, 'error: name cannot be provided when a selector is specified\n']);
  assert.match((await failed('get'))[1], /^You must specify the type of resource to get[\s\S]*error: Required resource not specified\./);
});

test('a watch goes on in the same table', async () => {
  const abort = new AbortController();
  const watching = run(['get', 'ns', '-w'], { api, signal: abort.signal });
  while (!api.requests.some((request) => request.includes('watch=true'))) await new Promise((resolve) => setImmediate(resolve));
  api.add('v1', 'Namespace', { metadata: { name: 'b', creationTimestamp: '2020-01-01T00:00:00Z' }, spec: {}, status: { phase: 'Active' } });
  await run(['get', 'ns'], { api });
  abort.abort();
  const { out } = await watching;
  assert.equal(out.replaceAll(/\d+y\d+d/g, 'AGE'), 'NAME      STATUS   AGE\ndefault   Active   AGE\nb         Active   AGE\n');
});
