import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersIn, isTestOnly, read, sources } from './source-tree.ts';

/** A package may import lower ranks only; services import packages, never each other. */
const ranks: Record<string, number> = {
  async: 0,
  cel: 0,
  meta: 0,
  telemetry: 0,
  api: 1,
  codec: 1,
  workqueue: 1,
  component: 1,
  auth: 2,
  policy: 2,
  storage: 2,
  client: 2,
  cri: 2,
  spdy: 2,
  informer: 3,
  controller: 4,
  testkit: 5,
};
/**
 * The steps within a rank: how objects of a kind merge and decode is read from the kind's own description, and expressions know
 * quantities and names.
 */
const within: Record<string, string> = { codec: 'api', cel: 'meta' };

interface Import {
  file: string;
  of: string;
  name: string;
}

const imports: readonly Import[] = sources.flatMap(({ path, text }) =>
  [...text.matchAll(/(?:from|import\()\s*'(@t8s\/[^']+)'/g)].map(([, name]) => ({
    file: path,
    of: path
      .split('/')
      .slice(0, path.startsWith('test/') ? 1 : 2)
      .join('/'),
    name: name ?? '',
  })),
);

test('every package has a rank', () => {
  assert.deepEqual(foldersIn('packages').sort(), Object.keys(ranks).sort());
});

test('packages import lower ranks only', () => {
  const wrong = imports.filter(({ file, of, name }) => {
    const importer = of.replace('packages/', '');
    const imported = name.replace('@t8s/', '');
    if (!of.startsWith('packages/') || within[importer] === imported) return false;
    if (imported === 'testkit') return !isTestOnly(file);
    return !((ranks[imported] ?? Number.POSITIVE_INFINITY) < (ranks[importer] ?? -1));
  });
  assert.deepEqual(wrong, []);
});

test('services import packages, never each other; nothing but tests imports the kit', () => {
  const wrong = imports.filter(({ file, of, name }) => {
    if (!of.startsWith('services/')) return false;
    const imported = name.replace('@t8s/', '');
    return ranks[imported] === undefined || (imported === 'testkit' && !isTestOnly(file));
  });
  assert.deepEqual(wrong, []);
});

test('imports go through entry points, and no file reaches into another package by its path', () => {
  const deep = imports.filter(({ name }) => name.split('/').length > 2);
  assert.deepEqual(deep, []);
  const sideways = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/from '(\.[^']+)'/g)].flatMap(([, to]) => {
      const depth = path.split('/').length - (path.startsWith('test/') ? 2 : 3);
      return (to ?? '').split('../').length - 1 > depth ? [`${path} → ${to}`] : [];
    }),
  );
  assert.deepEqual(sideways, []);
});

test('package.json and tsconfig.json name what is imported, and nothing else', () => {
  for (const folder of ['packages', 'services'].flatMap((parent) => foldersIn(parent).map((name) => `${parent}/${name}`))) {
    const manifest = JSON.parse(read(`${folder}/package.json`)) as {
      name: string;
      private?: boolean;
      exports?: Record<string, unknown>;
      dependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
    const config = JSON.parse(read(`${folder}/tsconfig.json`)) as { references?: { path: string }[] };
    const own = imports.filter(({ of }) => of === folder);
    const used = new Set(own.map(({ name }) => name));
    const declared = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {})];
    const referenced = (config.references ?? []).map(({ path }) => path.replace(/^.*\/packages\//, '@t8s/'));
    assert.equal(manifest.name, `@t8s/${folder.split('/')[1]}`);
    assert.equal(manifest.private, true, `${folder} is not for publishing`);
    assert.deepEqual(Object.keys(manifest.exports ?? {}), ['.'], `${folder} has one entry point`);
    for (const name of used) {
      assert.ok(declared.includes(name), `${folder}/package.json lacks ${name}`);
      assert.ok(referenced.includes(name), `${folder}/tsconfig.json lacks a reference to ${name}`);
    }
  }
});
