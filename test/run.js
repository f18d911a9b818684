/**
 * The test runner: `unit` (beside the code), `repo` (house rules), `integration`, `e2e`, or `all` of them in that order.
 * Extra words select files by part of their path. Ends with the plain line `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const [suite = 'all', ...words] = process.argv.slice(2);
const roots = {
  unit: ['packages', 'services'].flatMap((parent) => readdirSync(parent).map((name) => join(parent, name, 'dist'))),
  repo: ['test/dist/repo'],
  integration: ['test/dist/integration'],
  e2e: ['test/dist/e2e'],
};
const suites = suite === 'all' ? Object.keys(roots) : [suite];
if (suites.some((name) => !roots[name])) {
  console.error(`unknown suite '${suite}': one of ${Object.keys(roots).join(', ')}, all`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const name of suites) {
  const files = roots[name]
    .flatMap(testFiles)
    .filter((file) => words.every((word) => file.includes(word)))
    .sort();
  if (files.length > 0) await runFiles(files, name === 'unit' || name === 'repo' ? 2 : 1);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function testFiles(dir) {
  try {
    return readdirSync(dir, { recursive: true })
      .filter((file) => file.endsWith('.test.js'))
      .map((file) => join(dir, file));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Counts leaf tests, and a file that fails as a whole (no suite fails but by one of its tests or hooks). */
function runFiles(files, concurrency) {
  return new Promise((resolve) => {
    const stream = run({ files, concurrency });
    stream.on('test:pass', (event) => {
      if (event.details.type !== 'suite') passed += 1;
    });
    stream.on('test:fail', (event) => {
      if (event.details.type !== 'suite' || event.details.error?.failureType !== 'subtestsFailed') failed += 1;
    });
    stream.on('end', resolve);
    stream.compose(spec).pipe(process.stdout, { end: false });
  });
}
