import { isQualifiedName, type KubeObject } from '@t8s/meta';
import { isStandardFinalizer } from '../../object-meta/validate.ts';

/** About new finalizers that others might choose too. */
export function finalizerWarnings({ metadata }: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old?.metadata.finalizers);
  const added = [...new Set(metadata.finalizers)].filter((name) => !before.has(name)).sort();
  return added.flatMap((name) => [...isQualifiedName(name), ...(isStandardFinalizer(name) ? [] : [preference(name)])]);
}

const preference = (name: string): string =>
  `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`;
