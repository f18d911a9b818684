import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity, Quantity, tryParseQuantity } from './quantity.ts';

test('quantities come back in canonical form', () => {
  const cases: Record<string, string> = {
    '0': '0',
    '100m': '100m',
    '0.1': '100m',
    '1000m': '1',
    '1.5': '1500m',
    '1.5Gi': '1536Mi',
    '1024Ki': '1Mi',
    '1023Ki': '1023Ki',
    '0.5Gi': '512Mi',
    '1000': '1k',
    '1500': '1500',
    '1e3': '1e3',
    '12e6': '12e6',
    '1E': '1E',
    '123456789': '123456789',
    '-5': '-5',
    '0.0000000001': '1n',
    '1Ki': '1Ki',
    '512': '512',
    '2000Ki': '2000Ki',
    '0.5Ki': '512',
    '.5': '500m',
    '5.': '5',
  };
  for (const [text, canonical] of Object.entries(cases)) assert.equal(parseQuantity(text).toString(), canonical, text);
});

test('digits without end cost nothing: large numbers are capped, small ones rounded up', () => {
  const many = 2_000_000;
  const cases: [text: string, canonical: string][] = [
    ['9'.repeat(many), '9223372036854775807'],
    [`-${'9'.repeat(many)}Ki`, '-9223372036854775807'],
    ['1e999', '9223372036854775807'],
    ['0e999', '0'],
    [`1e-${'9'.repeat(9)}`, '1e-9'],
    [`0.${'0'.repeat(many)}1Ei`, '1n'],
    [`${'0'.repeat(many)}1.5`, '1500m'],
    [`1.${'0'.repeat(many)}1`, '1000000001n'],
    [`1.${'0'.repeat(many)}`, '1'],
    [`1${'0'.repeat(30)}e-30`, '1'],
    ['9223372036854775808', '9223372036854775807'],
  ];
  const start = Date.now();
  for (const [text, canonical] of cases) assert.equal(parseQuantity(text).toString(), canonical, text.slice(0, 20));
  assert.ok(Date.now() - start < 2000);
});

test('what is no quantity is refused', () => {
  for (const text of ['', 'abc', '1 Gi', '1gi', '1.2.3', '--1', '1Ki5', 'e3', '.', '1e'])
    assert.equal(tryParseQuantity(text), undefined, text);
});

test('arithmetic keeps the left format and rounds values up', () => {
  assert.equal(parseQuantity('1Gi').add(parseQuantity('512Mi')).toString(), '1536Mi');
  assert.equal(parseQuantity('2').sub(parseQuantity('500m')).toString(), '1500m');
  assert.equal(parseQuantity('1500m').value, 2);
  assert.equal(parseQuantity('0.0001').milliValue, 1);
  assert.equal(Quantity.of(0).add(parseQuantity('1Gi')).toString(), '1Gi');
  assert.equal(parseQuantity('1Gi').compare(parseQuantity('1G')), 1);
});
