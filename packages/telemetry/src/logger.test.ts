import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createLogger } from './logger.ts';

test('secrets are cut out at any of the first levels, keys of work items are not', () => {
  const destination = new PassThrough();
  const log = createLogger({ component: 'x', destination });
  log.info(
    { key: 'default/web', token: 'canary', request: { headers: { authorization: 'canary' } }, secret: { data: { a: 'canary' } } },
    'done',
  );
  const line = destination.read().toString();
  assert.doesNotMatch(line, /canary/);
  assert.match(line, /default\/web/);
});
