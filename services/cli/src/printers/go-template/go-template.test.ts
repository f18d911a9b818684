import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoTemplate } from './go-template.ts';

const data = {
  kind: 'Pod',
  metadata: { name: 'web-0', labels: { b: '2', a: '1' } },
  spec: {
    containers: [
      { name: 'c', image: 'i:1' },
      { name: 'd', image: 'j:2' },
    ],
    replicas: 3,
    paused: false,
  },
};
const format = (template: string, allowMissing = true): string => new GoTemplate(template, { allowMissing }).format(data);

test('fields, variables, loops, conditions, trimmed space', () => {
  assert.equal(format('{{range $i, $c := .spec.containers}}{{$i}}={{$c.image}},{{end}}'), '0=i:1,1=j:2,');
  assert.equal(format('{{range .spec.containers}}{{if eq .name "d"}}{{.image}}{{else}}-{{end}}{{end}}'), '-j:2');
  assert.equal(format('{{range $k, $v := .metadata.labels}}{{$k}}{{$v}}{{end}} {{.metadata.labels}}'), 'a1b2 map[a:1 b:2]');
  assert.equal(format('a {{- /* nothing */ -}} b{{with .nope}}x{{else}}{{$.kind}}{{end}}'), 'abPod');
  assert.equal(format('{{$n := 1}}{{range .spec.containers}}{{$n = .name}}{{break}}{{end}}{{$n}}'), 'c');
  assert.equal(format('{{.nope}} {{.nope.deeper}} {{len .spec.containers}}'), '<no value> <no value> 2');
});

test('functions and pipes', () => {
  assert.equal(format('{{(index .spec.containers 1).name | printf "%s-%03d %q" "x" .spec.replicas}}'), 'x-003 "d"');
  assert.equal(
    format('{{and .spec.paused .nope.x}} {{or .nope "z"}} {{not true}} {{"<a>" | html}} {{base64decode "YQ=="}}'),
    'false z false &lt;a&gt; a',
  );
  assert.equal(
    format('{{exists . "metadata" "name"}} {{ne 1 2}} {{gt .spec.replicas 2}} {{printf "%.0f" .spec.replicas}}'),
    'true true true %!f(int64=3)',
  );
});

test('what is wrong is said as kubectl says it', () => {
  assert.throws(() => format('{{'), { message: 'error: error parsing template {{, template: output:1: unclosed action' });
  assert.throws(() => format('{{if .a}}'), /unexpected EOF$/);
  assert.throws(
    () => format('{{.nope}}', false),
    /^Failure: Error executing template: .*map has no entry for key "nope"\. Printing more information/,
  );
  assert.throws(() => format('{{nope 1}}'), /function "nope" not defined/);
});
