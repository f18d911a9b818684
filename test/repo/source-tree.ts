/** The repository as the house rules see it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface SourceFile {
  /** Relative to the root, with slashes. */
  path: string;
  text: string;
}

const left = new Set(['node_modules', 'dist', 'generated', 'bin', '.git']);

/** Paths of all files below a folder that people wrote, relative to the root. */
export function filesBelow(folder: string): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path.split(sep).join('/')];
  });
}

/** Sub-folders that hold files, by name; none where the folder is not there. */
export function foldersIn(folder: string): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && !left.has(entry.name) ? [entry.name] : []));
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export const sources: readonly SourceFile[] = ['packages', 'services', 'test']
  .flatMap(filesBelow)
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: read(path) }));

/** Files that only tests load: tests, their fixtures (`test-…`), the kit, and everything under test/. */
export const isTestOnly = (path: string): boolean =>
  path.startsWith('test/') || path.startsWith('packages/testkit/') || path.endsWith('.test.ts') || /\/test-[^/]*\.ts$/.test(path);

/** Lines of `file` that a pattern matches, as `path:line text`. */
export function findings(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  );
}

export const repositoryPath = (path: string): string => relative(root, path).split(sep).join('/');
