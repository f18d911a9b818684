/** Controllers that keep what is in use: it has a finalizer of theirs, which they take away once it is to go and nobody uses it. */
import type { Kind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import type { Informer } from '@t8s/informer';
import { ifFound, type KubeObject, objectKey } from '@t8s/meta';
import type { ControllerContext } from './context.ts';

export interface Protection<T extends KubeObject> {
  /** Of the controller in logs and metrics. */
  name: string;
  kind: Kind<T>;
  finalizer: string;
  /** Caches that `isUsed` looks into, besides that of the kind. */
  informers?: readonly Informer<KubeObject>[];
  isUsed(object: T): boolean | Promise<boolean>;
}

/** Objects from before the finalizer was given at creation get it, too. */
export function protectionController<T extends KubeObject>(
  { client, informers, clock, log }: ControllerContext,
  { name, kind, finalizer, informers: others = [], isUsed }: Protection<T>,
): Controller {
  const objects = informers.informer(kind);
  const controller = new Controller({ name, informers: [objects, ...others], reconcile, log, clock });
  controller.watch(objects, (object) => (isPending(object) ? [objectKey(object)] : []));
  return controller;

  async function reconcile(key: string): Promise<void> {
    const object = objects.get(key);
    if (!object || !isPending(object)) return;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp && (await isUsed(object))) return;
    const next = deletionTimestamp ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer];
    await ifFound(client.resource(kind).update({ ...object, metadata: { ...object.metadata, finalizers: next } }));
  }

  /** To go while it has the finalizer, or to stay and without it. */
  function isPending({ metadata }: KubeObject): boolean {
    return (metadata.deletionTimestamp !== undefined) === (metadata.finalizers ?? []).includes(finalizer);
  }
}
