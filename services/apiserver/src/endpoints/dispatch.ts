/** From what a request asks to the verb that answers it. */
import { allVerbs, type Kind, partialUpdate } from '@t8s/api';
import { badRequest, formatGroupResource, methodNotAllowed, unknownPath } from '@t8s/meta';
import { reviewConnection } from '../admission/connection.ts';
import type { RequestContext, ResourceContext, ServedResource } from '../context.ts';
import { statusRules, type WriteRules } from '../write-chain.ts';
import { create } from './create.ts';
import { remove, removeCollection } from './delete.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { scale } from './scale.ts';
import type { Services } from './services.ts';
import { update } from './update.ts';
import { watch } from './watch/watch.ts';

export type Dispatcher = (context: RequestContext) => Promise<void>;
/** Answers a sub-resource. Throws MethodNotAllowed for verbs it lacks. */
export type Subresource = (context: ResourceContext, services: Services) => Promise<void>;

type Verb = (context: ResourceContext, services: Services) => Promise<void>;

const verbs: Record<string, Verb> = {
  get: (context, { objects }) => get(context, objects),
  list: (context, { objects }) => list(context, objects),
  watch: (context, { objects, watches }) => watch(context, { objects, watches }),
  create,
  update: (context, services) => update(context, services),
  patch: (context, services) => patch(context, services),
  delete: remove,
  deletecollection: removeCollection,
};

/** `own` answers for what the verbs don't: sub-resources of registry/<kind> and proxy/, by `pods/binding`, and kinds in no store, by `tokenreviews.authentication.k8s.io`. */
export function dispatcher(services: Services, own: Readonly<Record<string, Subresource>>, fallback: Dispatcher): Dispatcher {
  return async (context) => {
    const { info } = context;
    if (!info.isResource) return fallback(context);
    const resource = services.served.find(info.group, info.version, info.resource) ?? (await lookAgain(services, info));
    const { kind } = resource;
    if (isElsewhere(info, resource)) throw unknownPath();
    checkName(info.name);
    if (kind.deprecation !== undefined) context.warnings.push(kind.deprecation);
    const full: ResourceContext = Object.assign(context, { resource });
    if (info.subresource !== '') return subresourceOf(full, services, own);
    if (context.request.method === 'HEAD') throw methodNotAllowed();
    const verb = kind.stored === false ? own[formatGroupResource(kind)] : verbs[info.verb];
    const refusal = resource.refusal?.(info.verb, kind);
    if (refusal) throw refusal;
    if (!verb || !(kind.verbs ?? allVerbs).includes(info.verb as 'get') || !fits(info, kind.namespaced)) throw methodNotAllowed();
    await verb(full, services);
  };
}

/** What is not served as far as this apiserver has seen may have been defined at another one: a miss asks the store before it says so. */
async function lookAgain({ objects, served }: Services, { group, version, resource }: RequestContext['info']): Promise<ServedResource> {
  if (group.includes('.')) await objects.isCurrent();
  const found = served.find(group, version, resource);
  if (!found) throw unknownPath();
  return found;
}

/** A path in a namespace, for what is in none, or the other way round. Of custom resources upstream says so where others lack the method. */
function isElsewhere({ verb, name, namespace }: RequestContext['info'], { kind, storage, form }: ServedResource): boolean {
  if (!kind.namespaced) return namespace !== '' && storage !== 'namespaces';
  return namespace === '' && (name !== '' || (form !== undefined && verb !== 'list' && verb !== 'watch'));
}

/** Names that would mean something else in a path are none (apimachinery's path segments). */
function checkName(name: string): void {
  const why = name === '.' || name === '..' ? `may not be '${name}'` : name.includes('%') ? "may not contain '%'" : undefined;
  if (why !== undefined) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why}`);
}

/** A verb on one object needs its name, one on a collection has none; objects of namespaces are written in theirs. */
function fits({ verb, name, namespace }: RequestContext['info'], namespaced: boolean): boolean {
  if (verb === 'list' || verb === 'watch') return true;
  if (verb === 'create' || verb === 'deletecollection') return name === '' && (!namespaced || namespace !== '');
  return name !== '';
}

async function subresourceOf(context: ResourceContext, services: Services, own: Readonly<Record<string, Subresource>>): Promise<void> {
  const { info, resource } = context;
  const { kind } = resource;
  const [first = ''] = info.subresource.split('/');
  // A custom resource may have the name of a built-in one of another group.
  const answer = resource.form ? undefined : own[`${kind.resource}/${first}`];
  if (answer) {
    await reviewConnection(context, services.plugins);
    return answer(context, services);
  }
  const rules = partRules(kind, first);
  if (rules) {
    if (info.verb === 'get') return get(context, services.objects);
    if (info.verb === 'update') return update(context, services, rules);
    if (info.verb === 'patch') return patch(context, services, rules);
    throw methodNotAllowed();
  }
  if (first === 'scale' && kind.subresources?.scale) return scale(context, services, kind.subresources.scale);
  throw unknownPath();
}

/** The rules of a sub-resource that has the shape of its object. */
function partRules(kind: Kind, subresource: string): WriteRules | undefined {
  const status = kind.subresources?.status;
  return subresource === 'status' && status ? statusRules(status) : partialUpdate(kind, subresource);
}
