/** Queries, options, paths and methods in the codes, reasons and words of upstream’s v1.34. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../raw.ts';
import { deployments, maps, merge, patch, pods, post, put, refusal, remove, serverForFile } from './server.ts';

const { ask, refused, nothingIsLeft } = serverForFile();

test('queries, deletions, paths and methods', async () => {
  const list = (query: string): Ask => ({ path: `${maps}?${query}` });
  const options = 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ';
  const bare = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax';
  const version = `invalid resource version: ${bare}`;
  const nowhere = 'the server could not find the requested resource';
  const method = 'the server does not allow this method on the requested resource';
  const deletion = 'DeleteOptions.meta.k8s.io "" is invalid: ';
  await refused([
    refusal(400, 'strconv.ParseInt: parsing "abc": invalid syntax', list('limit=abc')),
    refusal(400, 'strconv.ParseInt: parsing "9999999999999999999": value out of range', list('limit=9999999999999999999')),
    refusal(400, 'strconv.ParseInt: parsing "1s": invalid syntax', list('watch=1&timeoutSeconds=1s')),
    refusal(400, 'strconv.ParseInt: parsing "1s": invalid syntax', list('timeoutSeconds=1s')),
    refusal(400, 'invalid timeout specified in the request URL - time: invalid duration "abc"', list('timeout=abc')),
    refusal(400, version, list('resourceVersion=abc')),
    refusal(400, bare, { path: `${maps}/m?resourceVersion=abc` }),
    refusal(400, bare, list('watch=1&resourceVersion=abc')),
    refusal(
      422,
      `${options}Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`,
      list('resourceVersionMatch=Exact'),
    ),
    refusal(
      422,
      `${options}Unsupported value: "x": supported values: "Exact", "NotOlderThan", ""`,
      list('resourceVersionMatch=x&resourceVersion=1'),
    ),
    refusal(
      422,
      `${options}Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
      list('resourceVersionMatch=Exact&resourceVersion=0'),
    ),
    refusal(
      422,
      `${options}Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
      list('watch=1&resourceVersionMatch=NotOlderThan'),
    ),
    refusal(
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
      list('sendInitialEvents=true'),
    ),
    refusal(400, 'invalid continue token: continue key is not valid: illegal base64 data at input byte 0', list('continue=!')),
    refusal(
      400,
      'invalid continue token: continue key is not valid: server does not recognize this encoded version x',
      list('continue=eyJ2IjoieCJ9'),
    ),
    refusal(400, "unable to parse requirement: found '=', expected: identifier", list('labelSelector=a%3D%3D%3Db')),
    refusal(400, "found '', expected: identifier after ','", list('watch=1&labelSelector=a,')),
    refusal(400, '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"', list('fieldSelector=spec.x%3D1')),
    refusal(400, /^"constructor" is not a known field selector/, list('fieldSelector=constructor%3D1')),
    refusal(400, 'field label not supported: spec.x', { path: `${pods}?fieldSelector=spec.x%3D1` }),
    refusal(400, /^invalid selector: ' +'; can't understand ' +'$/, list(`fieldSelector=${'+'.repeat(20_000)}`)),
    refusal(400, /^unable to parse requirement: found 'x', expected: in, notin/, list(`labelSelector=a${'+'.repeat(20_000)}x`)),
    refusal(400, 'selectors may not be longer than 65536 characters', list(`labelSelector=${'a,'.repeat(100_000)}`)),
    refusal(
      409,
      /^Operation cannot be fulfilled on ConfigMap "m": the UID in the precondition \(u\) does not match the UID in record \([0-9a-f-]+\)\. The object might have been deleted and then recreated$/,
      remove(`${maps}/m`, { preconditions: { uid: 'u' } }),
    ),
    refusal(
      409,
      /^Operation cannot be fulfilled on Deployment.apps "d": the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/,
      remove(`${deployments}/d`, { preconditions: { resourceVersion: '1' } }),
    ),
    refusal(400, 'strconv.ParseInt: parsing "x": invalid syntax', remove(`${maps}/m?gracePeriodSeconds=x`)),
    refusal(
      400,
      /json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64$/,
      remove(`${maps}/m`, { gracePeriodSeconds: 'x' }),
    ),
    refusal(
      422,
      `${deletion}propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"`,
      remove(`${maps}/m?propagationPolicy=x`),
    ),
    refusal(
      422,
      `${deletion}propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set`,
      remove(`${maps}/m`, { propagationPolicy: 'Orphan', orphanDependents: true }),
    ),
    refusal(422, `${deletion}dryRun: Unsupported value: ["x"]: supported values: "All"`, remove(`${maps}/m`, { dryRun: ['x'] })),
    refusal(404, 'configmaps "none" not found', remove(`${maps}/none`)),
    ...[
      '/api/v1/unicorns',
      '/apis/none.example.com/v1/things',
      `${maps}/m/status`,
      '/api/v1//pods',
      '//api/v1/pods',
      `${maps}/a%2Fb`,
      '/apis/constructor/v1/toString',
      `${pods}/p/constructor`,
      '/nothing/here',
    ].map((path) => refusal(404, nowhere, { path })),
    refusal(400, 'Name parameter invalid: "..": may not be \'..\'', { path: `${maps}/%2e%2e` }),
    refusal(400, 'Name parameter invalid: "a%b": may not contain \'%\'', { path: `${maps}/a%25b` }),
    refusal(400, 'the path has a malformed escape', { path: `${maps}/%zz` }),
    refusal(404, `configmaps "${'a'.repeat(20_000)}" not found`, { path: `${maps}/${'a'.repeat(20_000)}` }),
    refusal(405, method, post('{}', '/api/v1/configmaps')),
    refusal(405, method, put(maps, '{}')),
    refusal(405, method, patch(maps, '{}', merge)),
    refusal(405, method, post('{}', `${maps}/m`)),
    refusal(405, method, { method: 'TRACE', path: maps }),
    refusal(405, method, { method: 'OPTIONS', path: `${maps}/m` }),
    refusal(405, method, remove('/api/v1/namespaces')),
    refusal(405, method, remove(`${deployments}/d/scale`)),
    refusal(405, method, { path: `${pods}/p/binding` }),
  ]);
  assert.equal((await ask({ method: 'HEAD', path: maps })).code, 405);
  assert.equal((await ask(list(`fieldSelector=${'a'.repeat(2 * 1024 * 1024)}`))).code, 431);
  const { code, body } = await ask(list('labelSelector=constructor'));
  assert.deepEqual([code, (JSON.parse(body) as { items: [] }).items.length], [200, 0]);
});

nothingIsLeft();
