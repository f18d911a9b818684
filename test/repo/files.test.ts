import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesBelow, foldersIn, isTestOnly, sources } from './source-tree.ts';

const lineCap = 400;

test(`no file has more than ${lineCap} lines`, () => {
  const long = sources.flatMap(({ path, text }) => (text.split('\n').length > lineCap ? [`${path}: ${text.split('\n').length}`] : []));
  assert.deepEqual(long, []);
});

test('half of the files are short', () => {
  const lengths = sources
    .filter(({ path }) => !isTestOnly(path))
    .map(({ text }) => text.split('\n').length)
    .sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  assert.ok(median <= 100, `the median is ${median} lines`);
});

test('names are kebab-case and say what is in the file', () => {
  const word = '[a-z0-9]+(-[a-z0-9]+)*';
  const good = new RegExp(`^(${word}/)*${word}(\\.test|\\.d)?\\.ts$`);
  const vague = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'types', 'shared', 'stuff']);
  const wrong = sources.flatMap(({ path }) => {
    const base =
      path
        .split('/')
        .at(-1)
        ?.replace(/(\.test|\.d)?\.ts$/, '') ?? '';
    const folders = path.split('/').slice(0, -1);
    const generic = vague.has(base) || folders.some((folder) => vague.has(folder));
    return !good.test(path) || generic ? [path] : [];
  });
  assert.deepEqual(wrong, []);
});

/** Folders each of which is a rule of its own: it comes with the test that shows it. */
const ruleFolders = [
  ...foldersIn('packages/api/src').flatMap((group) =>
    foldersIn(`packages/api/src/${group}`).map((kind) => `packages/api/src/${group}/${kind}`),
  ),
  ...['scheduler/src/plugins', 'controller-manager/src/controllers', 'apiserver/src/admission'].flatMap((parent) =>
    foldersIn(`services/${parent}`).map((name) => `services/${parent}/${name}`),
  ),
];

test('every kind, plugin, controller and admission folder has a test', () => {
  assert.ok(ruleFolders.length > 30, `only ${ruleFolders.length} folders found: did they move?`);
  const untested = ruleFolders.filter((folder) => !filesBelow(folder).some((path) => path.endsWith('.test.ts')));
  assert.deepEqual(untested, []);
});

test('a test stands beside what it tests', () => {
  const folders = new Set(sources.filter(({ path }) => !path.endsWith('.test.ts')).map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const alone = sources.flatMap(({ path }) =>
    path.endsWith('.test.ts') && !path.startsWith('test/') && !folders.has(path.slice(0, path.lastIndexOf('/'))) ? [path] : [],
  );
  assert.deepEqual(alone, []);
});

test('every service has a test and an entry that starts it', () => {
  for (const service of foldersIn('services')) {
    const files = filesBelow(`services/${service}/src`);
    assert.ok(
      files.some((path) => path.endsWith('.test.ts')),
      `services/${service} has no test`,
    );
  }
});
