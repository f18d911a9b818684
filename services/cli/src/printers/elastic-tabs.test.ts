import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignTabs } from './elastic-tabs.ts';

test('a column is as wide as its widest cell among lines that follow each other', () => {
  assert.equal(alignTabs('a\tb\nlonger\tc\nplain\nx\ty\n'), 'a       b\nlonger  c\nplain\nx  y\n');
  assert.equal(alignTabs('Name:\tx\n  Port:\tweb\t80\n  Host:\t\t8\n'), 'Name:    x\n  Port:  web  80\n  Host:       8\n');
});
