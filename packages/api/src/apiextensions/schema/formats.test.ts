import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCheck, recognisesFormat } from './formats.ts';

test('formats by examples of both kinds', () => {
  const cases: Record<string, [good: string[], bad: string[]]> = {
    uri: [
      ['http://a.b/c?d=%2F', '/abs/path', 'mailto:a@b', 'xyz://foobar.com'],
      ['', 'foobar.com', './rel', 'invalid.', 'http://a b'],
    ],
    email: [
      ['a@b', 'A B <a.b+c@example.com>'],
      ['a', 'a@', '@b', 'a@b@c'],
    ],
    hostname: [
      ['a', 'example.com', '1.example.com'],
      ['', 'a..b', '-a.com', 'a_b.com', `${'a'.repeat(64)}.com`],
    ],
    ipv4: [
      ['1.2.3.4', '01.2.3.4'],
      ['1.2.3', '::1', '1.2.3.256'],
    ],
    ipv6: [
      ['::1', 'fe80::1'],
      ['1.2.3.4', 'fe80::1%eth0'],
    ],
    cidr: [
      ['10.0.0.0/8', 'fd00::/64'],
      ['10.0.0.0', '10.0.0.0/33', 'x/8'],
    ],
    mac: [
      ['01:23:45:67:89:ab', '01-23-45-67-89-AB-cd-ef', '0123.4567.89ab'],
      ['01:23:45:67:89', '01:23-45:67:89:ab'],
    ],
    uuid4: [['9C4B1B3E-6DE9-4B7C-8F7B-0123456789AB'], ['9c4b1b3e-6de9-1b7c-8f7b-0123456789ab', 'x']],
    isbn10: [['3 401 01319 X'], ['3423214121']],
    isbn13: [['978-3-8362-2119-1'], ['9783836221190']],
    creditcard: [['4220 8554 2622 2389'], ['4220855426213389', '']],
    rgbcolor: [['rgb(0,  31, 255)'], ['rgb(01,31,255)', 'rgb(1,349,275)']],
    hexcolor: [
      ['#fff', 'CCccCC'],
      ['#ff', 'fff0'],
    ],
    byte: [
      ['aGk=', 'aGkh'],
      ['', 'a', 'aGk'],
    ],
    date: [['2024-02-29'], ['2023-02-29', '2024-1-1']],
    'date-time': [
      ['2024-02-29T23:59:59Z', '2024-02-29t00:00:00.5+01:00'],
      ['2024-02-29', '2024-02-29T24:00:00Z'],
    ],
    duration: [
      ['1h30m', '-1.5s', '0', '2 days', '3wk'],
      ['', '1', 'x', '1 fortnight'],
    ],
    'k8s-short-name': [['a-1'], ['A', '-a', 'a.b']],
    'k8s-long-name': [['a.b'], ['a..b']],
  };
  for (const [format, [good, bad]] of Object.entries(cases)) {
    const check = formatCheck(format) ?? assert.fail(format);
    for (const text of good) assert.ok(check(text), `${format} ${text}`);
    for (const text of bad) assert.ok(!check(text), `${format} ${text}`);
  }
});

test('a format belongs to a type', () => {
  assert.ok(recognisesFormat('integer', 'int32'));
  assert.ok(!recognisesFormat('string', 'int32'));
  assert.ok(!recognisesFormat('object', 'date'));
  assert.equal(formatCheck('nobody-knows'), undefined);
});
