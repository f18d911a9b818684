import type { KubeObject } from '@t8s/meta';

/** Of the classes an annotation marks as the default one the newest; of those made in one second the first by name (upstream's). */
export function defaultClass<T extends KubeObject>(classes: Iterable<T>, ...annotations: readonly string[]): T | undefined {
  const made = ({ metadata }: T): string => metadata.creationTimestamp ?? '';
  return [...classes]
    .filter(({ metadata }) => annotations.some((name) => metadata.annotations?.[name] === 'true'))
    .sort((a, b) => (made(a) === made(b) ? compare(a.metadata.name, b.metadata.name) : compare(made(b), made(a))))[0];
}

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
