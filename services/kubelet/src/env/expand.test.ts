import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expand } from './expand.ts';

test('the cases of https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/', () => {
  const lookup = (name: string): string | undefined => ({ A: '1', EMPTY: '' })[name];
  const cases: [string, string][] = [
    ['$(A)-$(A)', '1-1'],
    ['$(B)', '$(B)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$$$$(A)', '$$(A)'],
    ['[$(EMPTY)]', '[]'],
    ['$A $(A', '$A $(A'],
    ['$', '$'],
  ];
  for (const [text, expanded] of cases) assert.equal(expand(text, lookup), expanded, text);
});
