import type { ParamKind, ParamRef } from '@t8s/api';
import { formatApiVersion, type KubeObject, toSelector } from '@t8s/meta';
import type { ServedResource } from '../../context.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { shownOne } from '../../registry/stored-form.ts';

/** A policy or binding that can't be put into effect. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

interface Asked {
  paramKind: ParamKind | undefined;
  paramRef: ParamRef | undefined;
  /** Of the request. */
  namespace: string;
  objects: ObjectStore;
  served: ServedResources;
}

/** The parameters to evaluate a policy with, once each; [undefined] where it has none. Throws ConfigurationError in upstream's words. */
export async function collectParams({ paramKind, paramRef, namespace, objects, served }: Asked): Promise<(KubeObject | undefined)[]> {
  if (!paramKind || !paramRef) return [undefined];
  const resource = served.all.find(({ kind }) => formatApiVersion(kind) === paramKind.apiVersion && kind.kind === paramKind.kind);
  if (!resource)
    throw new ConfigurationError(`failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`);
  const found = await find(resource, paramRef, namespaceOf(resource, paramRef, namespace), objects);
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return found;
}

function namespaceOf({ kind }: ServedResource, { namespace = '' }: ParamRef, ofRequest: string): string {
  if (!kind.namespaced) {
    if (namespace !== '') throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  if (namespace === '' && ofRequest === '')
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return namespace || ofRequest;
}

async function find(
  resource: ServedResource,
  { name, selector }: ParamRef,
  namespace: string,
  objects: ObjectStore,
): Promise<KubeObject[]> {
  const cache = objects.cache.resource(resource.storage);
  const { kind, form } = resource;
  if (name) {
    const key = kind.namespaced ? `${namespace}/${name}` : name;
    // It may have been made a moment ago.
    if (!cache.get(key)) await objects.cache.consistent();
    const found = cache.get(key);
    return found ? [withType((await shownOne(form, found)).object, resource)] : [];
  }
  const wanted = toSelector(selector);
  const all = [...cache.range(kind.namespaced ? `${namespace}/` : '')].filter(({ object }) => wanted.matches(object.metadata.labels));
  return Promise.all(all.map(async (cached) => withType((await shownOne(form, cached)).object, resource)));
}

const withType = (object: KubeObject, { kind }: ServedResource): KubeObject => ({
  ...object,
  apiVersion: formatApiVersion(kind),
  kind: kind.kind,
});
