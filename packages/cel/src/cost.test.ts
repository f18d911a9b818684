import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.ts';
import { CostBudget } from './cost.ts';

const variables = { items: { list: 'string' }, text: 'string' };
const items = Array.from({ length: 2000 }, (_, i) => `element ${i}`);

test('one evaluation ends at its limit, and no operator hides that', () => {
  const nested = compile('items.all(a, items.exists(b, a == b && items.exists(c, c == a))) || true', { variables });
  assert.throws(() => nested.evaluate({ items }), { reason: 'call-limit', message: 'operation cancelled: actual cost limit exceeded' });
  const costly = compile("text.matches('(a*)*(a*)*(a*)*(a*)*(a*)*b')", { variables });
  assert.throws(() => costly.evaluate({ text: 'a'.repeat(3_000_000) }), { reason: 'call-limit' });
  const endless = compile("text.replace('', text).size() > 0", { variables });
  assert.throws(() => endless.evaluate({ text: 'a'.repeat(20_000) }), { reason: 'call-limit' });
  assert.equal(compile('items.exists(a, a == "element 1999")', { variables }).evaluate({ items }), true);
});

test('evaluations that share a budget are stopped together', () => {
  const budget = new CostBudget(50_000);
  const program = compile('items.all(a, a.startsWith("element"))', { variables });
  assert.throws(
    () => {
      for (let times = 0; times < 100; times++) program.evaluate({ items }, { budget });
    },
    { reason: 'budget', message: 'validation failed due to running out of cost budget, no further validation rules will be run' },
  );
});
