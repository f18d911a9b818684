import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonPath, relaxedPath } from './json-path.ts';

const data = {
  kind: 'List',
  items: [
    {
      kind: 'None',
      metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } },
      status: { capacity: { cpu: '4' } },
    },
    { kind: 'None', metadata: { name: '127.0.0.2' }, status: { capacity: { cpu: '8' } } },
  ],
  users: [
    { name: 'myself', user: {} },
    { name: 'e2e', user: { username: 'admin', password: 'secret' } },
  ],
};

test('the templates of the reference page', () => {
  const cases: [template: string, result: string][] = [
    ['kind is {.kind}', 'kind is List'],
    ["{['kind']}", 'List'],
    ['{..name}', '127.0.0.1 127.0.0.2 myself e2e'],
    ['{.items[*].metadata.name}', '127.0.0.1 127.0.0.2'],
    ['{.users[0].name}', 'myself'],
    ['{.users[-1].name}', 'e2e'],
    ['{.users[0:1].name}', 'myself'],
    ["{.items[*]['metadata.name', 'kind']}", 'None None'],
    ['{.users[?(@.name=="e2e")].user.password}', 'secret'],
    ['{.items[?(@.metadata.labels)].metadata.name}', '127.0.0.1'],
    ['{range .items[*]}[{.metadata.name}, {.status.capacity.cpu}] {end}', '[127.0.0.1, 4] [127.0.0.2, 8] '],
    ['{.items[0].metadata.labels.kubernetes\\.io/hostname}', '127.0.0.1'],
    ['{range .items[*]}{.metadata.name}{"\\n"}{end}', '127.0.0.1\n127.0.0.2\n'],
    ['{.users[1].user}', '{"password":"secret","username":"admin"}'],
    ['{.absent}', ''],
    ['{.kind} {.users[0].name}', 'List myself'],
  ];
  for (const [template, result] of cases) assert.equal(new JsonPath(template).format(data), result, template);
});

test('what is wrong or missing is said', () => {
  assert.throws(() => new JsonPath('{.kind'), /unclosed action/);
  assert.throws(() => new JsonPath('{end}'), /nothing to end/);
  assert.throws(() => new JsonPath('{.a[x]}'), /invalid array index x/);
  assert.throws(() => new JsonPath('{.absent}', { allowMissing: false }).format(data), /absent is not found/);
  assert.deepEqual(new JsonPath(relaxedPath('metadata.name')).values(data.items[0]), ['127.0.0.1']);
});
