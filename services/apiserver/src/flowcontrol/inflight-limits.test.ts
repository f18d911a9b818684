import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestContext } from '../context.ts';
import { InflightLimits } from './inflight-limits.ts';

const asking = (name: string, { verb = 'watch', groups = [] as string[], url = '/api/v1/pods?watch=1' } = {}): RequestContext =>
  ({ info: { verb, subresource: '' }, user: { name, groups }, request: { url } }) as unknown as RequestContext;
const limits = (): InflightLimits => new InflightLimits({ readOnly: 1, mutating: 1, watches: 4, watchesPerUser: 2 });

test('watches are limited for each user and in all; reads and writes do not count', () => {
  const server = limits();
  const leave = ['jane', 'jane', 'joe'].map((name) => server.enter(asking(name)));
  server.enter(asking('jane', { verb: 'get' }));
  const why = 'Too many watches: user "jane" may have 2 at a time.';
  assert.throws(() => server.enter(asking('jane')), { message: why, code: 429 });
  leave.push(server.enter(asking('joe')));
  const all = 'Too many watches: the server takes 4 at a time, please try again later.';
  assert.throws(() => server.enter(asking('jim')), { message: all, code: 429 });
  server.enter(asking('root', { groups: ['system:masters'] }))();
  leave[0]?.();
  server.enter(asking('jane'));
});

test('a watch with a giant selector counts as many', () => {
  const server = limits();
  const leave = server.enter(asking('jane', { url: `/api/v1/pods?watch=1&labelSelector=${'a,'.repeat(20_000)}` }));
  assert.throws(() => server.enter(asking('jane')), /Too many watches: user "jane"/);
  leave();
  server.enter(asking('jane'));
});
