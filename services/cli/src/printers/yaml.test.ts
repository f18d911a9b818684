import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJson } from './go-json.ts';
import { formatYaml } from './go-yaml.ts';

test('YAML is what kubectl writes', () => {
  const words = 'word '.repeat(40);
  const data = {
    X: '.',
    a: words,
    b: 'yes',
    c: 'l1\nl2',
    d: `a: b ${words}`,
    e: '12:30',
    f10: 'x',
    f9: '# x',
    g: '',
    h: ' lead',
    i: "it's: x",
    j: 'tab\there',
    k: 'é<&>',
    l: '0777',
    m: '-',
    n: '- a',
    o: 'a:',
    p: '1_000',
    q: '"q"',
    r: '2020-01-01',
    s: '  x\ny\n\n',
    t: 'a \nb',
    u: 'y',
    v: '0x1',
    w: '1e3',
    z: 'null',
  };
  assert.equal(
    formatYaml({ metadata: { name: 'x' }, kind: 'ConfigMap', data, list: [1, { a: [], b: {} }, ['x', 'y']], none: null }),
    `data:
  X: .
  a: 'word word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word word
    word word word word word word word word '
  b: "yes"
  c: |-
    l1
    l2
  d: 'a: b word word word word word word word word word word word word word word word
    word word word word word word word word word word word word word word word word
    word word word word word word word word word '
  e: "12:30"
  f9: '# x'
  f10: x
  g: ""
  h: ' lead'
  i: 'it''s: x'
  j: "tab\\there"
  k: é<&>
  l: "0777"
  m: '-'
  "n": '- a'
  o: 'a:'
  p: "1_000"
  q: '"q"'
  r: "2020-01-01"
  s: |2+
      x
    y

  t: "a \\nb"
  u: "y"
  v: "0x1"
  w: "1e3"
  z: "null"
kind: ConfigMap
list:
- 1
- a: []
  b: {}
- - x
  - "y"
metadata:
  name: x
none: null
`,
  );
});

test('JSON is what kubectl writes', () => {
  assert.equal(
    formatJson({ b: [], a: { d: '<&>', c: 1 } }),
    '{\n    "a": {\n        "c": 1,\n        "d": "\\u003c\\u0026\\u003e"\n    },\n    "b": []\n}\n',
  );
});
