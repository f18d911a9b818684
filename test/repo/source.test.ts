import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, isTestOnly, sources } from './source-tree.ts';

/** This folder spells out what nobody may write. */
const written = sources.filter(({ path }) => !path.startsWith('test/repo/'));
const shipped = written.filter(({ path }) => !isTestOnly(path));

const banned: Record<string, RegExp> = {
  'work left for later': /\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented|(?<!algorithm )unimplemented/,
  'any instead of a type': /(?<=[\w\])?]):\s*any\b|\bas any\b|<any[>,]|\bany\[\]/,
  'silenced compiler': /@ts-(ignore|nocheck|expect-error)/,
  'syntax that does not erase': /^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace)\s+\w+\s*\{/,
  'swallowed error': /catch\s*(\([^)]*\))?\s*\{\s*\}/,
  'import without its extension': /from '\.{1,2}\/[^']*(?<!\.ts|\.js|\.json)'/,
};

for (const [what, pattern] of Object.entries(banned)) {
  test(`no ${what}`, () => {
    assert.deepEqual(
      findings(written, pattern).filter((line) => !isProse(line)),
      [],
    );
  });
}

test('no test is left out, and none runs alone', () => {
  const pattern =
    /\b(test|it|describe|suite)\.(skip|only|todo)\b|^\s*(test|it|describe|suite)\([^;]*\{[^}]*\b(skip|only|todo):|\bt\.(skip|todo)\(/;
  assert.deepEqual(
    findings(written, pattern).filter((line) => /\.test\.ts:/.test(line)),
    [],
  );
});

test('a rejection is let go with a reason only, on the line above', () => {
  const silent = written.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, i) =>
      /\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined|null)\)/.test(line) && !/^\s*(\/\/|\/?\*)/.test(lines[i - 1] ?? '')
        ? [`${path}:${i + 1} ${line.trim()}`]
        : [],
    );
  });
  assert.deepEqual(silent, []);
});

test('daemons log; only the command line and --help print', () => {
  const printing = findings(shipped, /\bconsole\.\w+\(|process\.stdout\.write/);
  assert.deepEqual(
    printing.filter((line) => !line.startsWith('services/cli/') && !line.startsWith('packages/component/src/flags.ts')),
    [],
  );
});

test('a linter rule is switched off with a reason only', () => {
  assert.deepEqual(findings(written, /biome-ignore(?! [\w/]+: \S.{10,})/), []);
});

/** Comments are free to use the word «any». */
function isProse(line: string): boolean {
  const text = line.slice(line.indexOf(' ') + 1);
  return /^(\/\*\*|\*|\/\/)/.test(text) && !/@ts-|TODO|FIXME|XXX|HACK/.test(text);
}
