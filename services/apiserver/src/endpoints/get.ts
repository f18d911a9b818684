import { notFound } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { shownOne } from '../registry/stored-form.ts';
import { answerCached } from './present.ts';
import { readRevision } from './resource-version.ts';

/** One object: the latest, or, with a resourceVersion, any that is not older. */
export async function get(context: ResourceContext, objects: ObjectStore): Promise<void> {
  const { resource, info, query } = context;
  const revision = readRevision(query);
  if (revision === undefined) return answerCached(context, 200, await objects.get(resource, info.namespace, info.name));
  if (revision > 0) await objects.cache.waitFor(revision);
  const cached = objects.cache.resource(resource.storage).get(objects.key(resource, info.namespace, info.name));
  if (!cached) throw notFound(resource.kind, info.name);
  answerCached(context, 200, await shownOne(resource.form, cached));
}
