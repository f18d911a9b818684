/** What writes and other requests look like to admission. */
import { forbidden, type GroupVersionKind, type KubeObject, type StatusError } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import type { DeleteOptions } from '../endpoints/delete-options.ts';
import type { Write } from '../write-chain.ts';
import type { AdmissionPlugin, AdmissionRequest, Operation } from './plugin.ts';

/** A write as admission sees it now: its object is the one that is there when this is called. */
export function requestOf({ context, resource, object, old, subresource, dryRun, view, isNameGenerated }: Write): AdmissionRequest {
  const operation = view?.operation ?? (old ? 'UPDATE' : 'CREATE');
  return {
    operation,
    context,
    resource: view?.resource ?? resource,
    subresource: view?.resource ? '' : subresource,
    kind: view?.kind ?? resource.kind,
    namespace: context.info.namespace,
    name: context.info.name || (isNameGenerated ? '' : (object.metadata.name ?? '')),
    object: view?.object ?? object,
    old: view ? view.old : old,
    dryRun,
    options: optionsOf(operation, context.query),
  };
}

/**
 * Asks every plugin whether a request that stores no object of its resource may go on, and gives its object as they leave it. Throws
 * what stands against it.
 */
export async function reviewRequest(request: AdmissionRequest, plugins: readonly AdmissionPlugin[]): Promise<KubeObject | undefined> {
  for (const plugin of plugins) {
    const pending = plugin.review?.(request);
    if (pending) await pending;
  }
  return request.object;
}

/** Something that is created at a sub-resource, or connected to. */
export function subresourceRequest(
  context: ResourceContext,
  { operation, kind, object, dryRun }: { operation: Operation; kind: GroupVersionKind; object: KubeObject; dryRun: boolean },
): AdmissionRequest {
  const { resource, info } = context;
  const { subresource, namespace, name } = info;
  const options = operation === 'CONNECT' ? undefined : optionsOf(operation, context.query);
  return { operation, context, resource, subresource, kind, namespace, name, object, old: undefined, dryRun, options };
}

/** The deletion of `old`, which is in the spelling of its resource. */
export function deletionRequest(context: ResourceContext, old: KubeObject, deleteOptions: DeleteOptions): AdmissionRequest {
  const { resource, info } = context;
  const dryRun = deleteOptions.dryRun?.includes('All') ?? false;
  const options = { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...deleteOptions };
  const { name = '' } = old.metadata;
  const { namespace } = info;
  return {
    operation: 'DELETE',
    context,
    resource,
    subresource: '',
    kind: resource.kind,
    namespace,
    name,
    object: undefined,
    old,
    dryRun,
    options,
  };
}

const optionKinds: Readonly<Record<Operation, string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: '',
};

function optionsOf(operation: Operation, query: URLSearchParams): Record<string, unknown> {
  const { fieldManager, fieldValidation } = Object.fromEntries(query);
  const dryRun = query.getAll('dryRun').filter(Boolean);
  return {
    kind: optionKinds[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun.length > 0 && { dryRun }),
    ...(fieldManager && { fieldManager }),
    ...(fieldValidation && { fieldValidation }),
  };
}

/** Forbidden in upstream's words (admission.NewForbidden): it names what has no name yet by what it will begin with. */
export function forbiddenBy({ resource: { kind }, name, object }: AdmissionRequest, why: string): StatusError {
  const { name: own, generateName } = object?.metadata ?? {};
  return forbidden(kind, name || own || generateName || 'Unknown', why);
}
