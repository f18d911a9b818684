/** From what a request asks to the verb that answers it. */
import { allVerbs, partialUpdate } from '@t8s/api';
import { methodNotAllowed, methodNotSupported, unknownPath } from '@t8s/meta';
import type { RequestContext, ResourceContext } from '../context.ts';
import { servedResources } from '../registry/served-resources.ts';
import { create } from './create.ts';
import { remove, removeCollection } from './delete.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { scale } from './scale.ts';
import type { Services } from './services.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export type Dispatcher = (context: RequestContext) => Promise<void>;
/** Answers a sub-resource. Throws MethodNotAllowed for verbs it lacks. */
export type Subresource = (context: ResourceContext, services: Services) => Promise<void>;

type Verb = (context: ResourceContext, services: Services) => Promise<void>;

const verbs: Record<string, Verb> = {
  get: (context, { objects }) => get(context, objects),
  list: (context, { objects }) => list(context, objects),
  watch: (context, { objects }) => watch(context, objects),
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** `subresources` are those of registry/<kind> and proxy/, by `pods/binding`. */
export function dispatcher(services: Services, subresources: Readonly<Record<string, Subresource>>, fallback: Dispatcher): Dispatcher {
  return async (context) => {
    const { info } = context;
    if (!info.isResource) return fallback(context);
    const resource = servedResources.get(`${info.group}/${info.version}/${info.resource}`);
    if (!resource) throw unknownPath();
    const { kind } = resource;
    if (kind.namespaced && info.name !== '' && info.namespace === '') throw unknownPath();
    const full: ResourceContext = Object.assign(context, { resource });
    if (info.subresource !== '') return subresourceOf(full, services, subresources);
    if (!(kind.verbs ?? allVerbs).includes(info.verb as 'get')) throw methodNotSupported(kind, info.verb);
    const verb = verbs[info.verb];
    if (!verb || (info.verb === 'create' && info.name !== '')) throw methodNotAllowed();
    if (info.verb === 'create' && kind.namespaced && info.namespace === '') throw methodNotAllowed();
    await verb(full, services);
  };
}

async function subresourceOf(
  context: ResourceContext,
  services: Services,
  subresources: Readonly<Record<string, Subresource>>,
): Promise<void> {
  const { info, resource } = context;
  const { kind } = resource;
  const [first = ''] = info.subresource.split('/');
  const own = subresources[`${kind.resource}/${first}`];
  if (own) return own(context, services);
  if ((first === 'status' && kind.subresources?.status) || partialUpdate(kind, first)) {
    if (info.verb === 'get') return get(context, services.objects);
    if (info.verb === 'update') return update(context, services);
    if (info.verb === 'patch') return patch(context, services);
    throw methodNotAllowed();
  }
  if (first === 'scale' && kind.subresources?.scale) return scale(context, services, kind.subresources.scale);
  throw unknownPath();
}
