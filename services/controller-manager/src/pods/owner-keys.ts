import type { Informer } from '@t8s/informer';
import { controllerOf, type KubeObject, objectKey } from '@t8s/meta';

/**
 * The keys of the owners that a change of an object concerns: its controller, before and after, where that is of `kind`; for an
 * orphan all of its namespace that select it and might adopt it.
 */
export function ownerKeys<T extends KubeObject>(
  { kind }: { kind: string },
  owners: Informer<T>,
  selects: (owner: T, object: KubeObject) => boolean,
): (object: KubeObject, old?: KubeObject) => string[] {
  const keysOf = (object: KubeObject): string[] => {
    const namespace = object.metadata.namespace ?? '';
    const controller = controllerOf(object);
    if (controller) return controller.kind === kind ? [`${namespace}/${controller.name}`] : [];
    return owners
      .byIndex('namespace', namespace)
      .filter((owner) => selects(owner, object))
      .map(objectKey);
  };
  return (object, old) => (old ? [...new Set([...keysOf(object), ...keysOf(old)])] : keysOf(object));
}
