/** What every check of a pod is made of. */
import type { Container, PodSpec } from '@t8s/api';
import { type ObjectMeta, quote } from '@t8s/meta';
import { containersOf } from '../../containers.ts';

/** A pod, or what a template makes. */
export interface PodSubject {
  metadata: Pick<ObjectMeta, 'annotations'>;
  spec: PodSpec;
}

/** Messages read `reason (detail)`. */
export interface Violation {
  reason: string;
  detail: string;
}

export type Judge = (pod: PodSubject) => Violation | undefined;

export interface Check {
  /** Upstream's; messages come in the order of ids. */
  id: string;
  level: 'baseline' | 'restricted';
  /** By the minor version of Kubernetes from which on it judges so, oldest first. */
  versions: readonly (readonly [since: number, judge: Judge])[];
  /** The check of baseline that this one makes needless. */
  overrides?: string;
}

/** The names of containers that are so. */
export const namesOf = (spec: PodSpec, isSo: (container: Container) => boolean): string[] =>
  containersOf(spec)
    .filter(isSo)
    .map(({ name }) => name);

/** `one`, or `one`s: `many` where the plural is another. */
export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

export const quoted = (values: Iterable<string>): string => [...values].map((value) => `"${value}"`).join(', ');

export const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

/** `container "a"`, `containers "a", "b"`. */
export const containers = (names: readonly string[]): string => `${plural(names.length, 'container')} ${quoted(names)}`;

/** Who set what must not be: `pod and container "a"`. */
export const setters = (isPod: boolean, names: readonly string[]): string =>
  [...(isPod ? ['pod'] : []), ...(names.length > 0 ? [containers(names)] : [])].join(' and ');

/** `key="value"` of annotations with a forbidden value, in order. */
export const annotationsLike = ({ metadata }: PodSubject, isBad: (name: string, value: string) => boolean): string[] =>
  Object.entries(metadata.annotations ?? {})
    .filter(([name, value]) => isBad(name, value))
    .map(([name, value]) => `${name}=${quote(value)}`)
    .sort();

/** Many rules of restricted say nothing to Windows (since v1.25). */
export const unlessWindows =
  (judge: Judge): Judge =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : judge(pod);
