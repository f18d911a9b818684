/** What a node may do to pods: its own mirror pods, and the status, eviction and tokens of pods it runs. */
import { isDeepStrictEqual } from 'node:util';
import { type AuthenticationTokenRequest, mirrorAnnotation, type Pod } from '@t8s/api';
import { type Authorizer, podReferences } from '@t8s/auth';
import { notFound } from '@t8s/meta';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionRequest } from '../plugin.ts';
import { forbiddenBy } from '../request.ts';
import { asksForAudience } from './token-audiences.ts';

const pods = { group: '', resource: 'pods' };

/** Throws NotFound. */
async function findPod(objects: ObjectStore, namespace: string, name: string): Promise<Pod> {
  const found = await findObject<Pod>(objects, 'pods', `${namespace}/${name}`);
  if (!found) throw notFound(pods, name);
  return found;
}

/** Node `name` of uid `uid` creates a pod: only one that stands for a static pod, and that opens nothing. */
export function admitMirrorPod(request: AdmissionRequest, node: { name: string; uid: string }): void {
  const refuse = (why: string): Error => forbiddenBy(request, why);
  const pod = request.object as Pod;
  const said = `node "${node.name}" can`;
  if (!pod.metadata.annotations?.[mirrorAnnotation])
    throw refuse(`pod does not have "${mirrorAnnotation}" annotation, ${said} only create mirror pods`);
  const [owner, ...others] = pod.metadata.ownerReferences ?? [];
  if (others.length > 0) throw refuse(`${said} only create pods with a single owner reference set to itself`);
  if (!owner) throw refuse(`${said} only create pods with an owner reference set to itself`);
  if (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node.name)
    throw refuse(`${said} only create pods with an owner reference set to itself`);
  if (owner.controller !== true) throw refuse(`${said} only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true) throw refuse(`${said} must not set blockOwnerDeletion on an owner reference`);
  if (owner.uid !== node.uid) throw refuse(`node ${node.name} UID mismatch: expected ${owner.uid} got ${node.uid}`);
  if (pod.spec.nodeName !== node.name) throw refuse(`${said} only create pods with spec.nodeName set to itself`);
  if (pod.spec.serviceAccountName) throw refuse(`${said} not create pods that reference a service account`);
  for (const reference of podReferences(pod)) {
    const [resource] = reference.split(' ');
    if (resource !== 'pods') throw refuse(`${said} not create pods that reference ${resource}`);
  }
  const asksForToken = pod.spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken));
  if (asksForToken) throw refuse(`${said} not create pods that reference a service account`);
}

export function admitPodDeletion(request: AdmissionRequest, node: string): void {
  if ((request.old as Pod).spec.nodeName !== node)
    throw forbiddenBy(request, `node "${node}" can only delete pods with spec.nodeName set to itself`);
}

export function admitPodStatus(request: AdmissionRequest, node: string): void {
  const old = request.old as Pod;
  if (old.spec.nodeName !== node)
    throw forbiddenBy(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
  if (!isDeepStrictEqual(old.metadata.labels ?? {}, request.object?.metadata.labels ?? {}))
    throw forbiddenBy(request, `node "${node}" cannot update labels through pod status`);
}

export async function admitEviction(request: AdmissionRequest, node: string, objects: ObjectStore): Promise<void> {
  const pod = await findPod(objects, request.namespace, request.name);
  if (pod.spec.nodeName !== node) throw forbiddenBy(request, `node ${node} can only evict pods with spec.nodeName set to itself`);
}

/** A token for a service account: bound to a pod that runs here, and for an audience the pod asks for. */
export async function admitToken(
  request: AdmissionRequest,
  node: string,
  { objects, authorize }: { objects: ObjectStore; authorize: Authorizer },
): Promise<void> {
  const { spec } = request.object as AuthenticationTokenRequest;
  const bound = spec.boundObjectRef;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name)
    throw forbiddenBy(request, 'node requested token not bound to a pod');
  if (!bound.uid) throw forbiddenBy(request, 'node requested token with a pod binding without a uid');
  const pod = await findPod(objects, request.namespace, bound.name);
  if (bound.uid !== pod.metadata.uid)
    throw forbiddenBy(
      request,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec.nodeName !== node) throw forbiddenBy(request, 'node requested token bound to a pod scheduled on a different node');
  const wanted = spec.audiences ?? [];
  if (wanted.length > 1) throw forbiddenBy(request, 'node may only request 0 or 1 audiences');
  const [audience = ''] = wanted;
  if (asksForAudience(pod, audience, objects)) return;
  // Others by an administrator's leave: for their names, as if they were resources.
  const { context, namespace, name } = request;
  const { user } = context;
  const verb = 'request-serviceaccounts-token-audience';
  if (authorize({ user, verb, group: '', resource: audience, subresource: '', namespace, name }).decision === 'allow') return;
  const why = `audience "${audience}" not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`;
  throw forbiddenBy(request, why);
}
