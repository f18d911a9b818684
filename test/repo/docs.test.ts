import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { filesBelow, foldersIn, read, root, sources } from './source-tree.ts';

const pages = [...filesBelow('docs'), 'README.md'].filter((path) => path.endsWith('.md'));

test('every service has its page', () => {
  for (const service of foldersIn('services')) assert.ok(existsSync(join(root, `docs/${service}.md`)), `docs/${service}.md is missing`);
});

/** What has a folder of its own is named on the page of its service. */
const rooms: Record<string, string> = {
  'docs/controller-manager.md': 'services/controller-manager/src/controllers',
  'docs/scheduler.md': 'services/scheduler/src/plugins',
  'docs/apiserver.md': 'services/apiserver/src/admission',
};

for (const [page, parent] of Object.entries(rooms)) {
  test(`${page} names each folder of ${parent}`, () => {
    const text = read(page);
    const missing = foldersIn(parent).filter((name) => !text.includes(`\`${name}\``));
    assert.deepEqual(missing, []);
  });
}

test('every flag of a process stands on its page', () => {
  for (const service of foldersIn('services').filter((name) => name !== 'cli')) {
    const own = sources.filter(({ path }) => path.startsWith(`services/${service}/src/`)).map(({ text }) => text);
    const specs = own.flatMap((text) => [...text.matchAll(/const \w+ = \{\n([\s\S]*?)\n\} as const satisfies Record<string, FlagSpec>/g)]);
    const flags = specs.flatMap(([, lines = '']) => [...lines.matchAll(/^ {2}'?([a-z][a-z0-9-]*)'?: \{/gm)].map(([, name]) => name ?? ''));
    assert.ok(flags.length > 2, `the flags of ${service} were not found`);
    const text = read(`docs/${service}.md`);
    const missing = flags.filter((flag) => flag !== 'v' && !text.includes(`\`--${flag}\``));
    assert.deepEqual(missing, [], `docs/${service}.md`);
  }
});

test('links and paths in pages lead somewhere', () => {
  const broken = pages.flatMap((page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, to]) => normalize(join(dirname(page), to ?? '')));
    const paths = [...text.matchAll(/`((?:packages|services|test|deploy|docs|build)[/][\w./-]*)`/g)].map(([, path]) => path ?? '');
    return [...links, ...paths].filter((path) => !existsSync(join(root, path))).map((path) => `${page} → ${path}`);
  });
  assert.deepEqual(broken, []);
});
