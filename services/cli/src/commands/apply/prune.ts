/** `apply --prune`: what was applied before, and is in the files no more, is deleted. */
import { isStatus } from '@t8s/meta';
import type { Located } from '../../resources/located.ts';
import { listObjects, write } from '../../resources/requests.ts';
import { apiVersionOf, pathOf, type Resource } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { lastApplied } from '../last-applied.ts';
import { dryRunOf, type Outcome } from '../outcome.ts';
import type { Flags, Invocation } from '../verb.ts';

/** Kinds that are pruned unless --prune-allowlist says which. */
const pruned = [
  ...[
    'ConfigMap',
    'Endpoints',
    'Namespace',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'Pod',
    'ReplicationController',
    'Secret',
    'Service',
  ].map((kind) => `core/v1/${kind}`),
  ...['batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet'],
  'apps/v1/StatefulSet',
];

/** Fails in kubectl's words where it is not clear what may go. */
export function mayPrune(flags: Flags): void {
  if (!flags.on('prune')) return;
  if (!flags.on('all') && flags.text('selector') === '')
    throw new Failure(
      'error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  if (flags.on('server-side'))
    throw new Failure("error: --prune is in alpha and doesn't currently work on objects created by server-side apply");
}

export async function prune({ session, flags }: Invocation, applied: readonly Located[], outcome: Outcome): Promise<void> {
  const { client } = session;
  const kept = new Set(applied.map(({ object, resource, namespace }) => keyOf(resource, namespace, object.metadata.name)));
  const namespaces = new Set(applied.map(({ namespace }) => namespace).filter((one) => one !== undefined));
  if (namespaces.size === 0) namespaces.add(session.namespace);
  for (const resource of await resourcesOf(session, flags))
    for (const namespace of resource.namespaced ? namespaces : [undefined]) {
      const { items } = await listObjects(client, resource, { namespace, labelSelector: flags.text('selector') });
      for (const object of items) {
        const { name, namespace: own } = object.metadata;
        if (lastApplied(object) === undefined || kept.has(keyOf(resource, own, name))) continue;
        const body = {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy: 'Background',
          ...(dryRunOf(flags) === 'server' && { dryRun: ['All'] }),
        };
        if (dryRunOf(flags) !== 'client')
          await write(client, 'DELETE', pathOf(resource, { namespace: own, name }), { body }).catch((error: unknown) => {
            if (!isStatus(error, 'NotFound')) throw error;
          });
        outcome.tell({ object, resource }, 'pruned');
      }
    }
}

const keyOf = ({ group, kind }: Resource, namespace = '', name = ''): string => `${group}/${kind}/${namespace}/${name}`;

async function resourcesOf(session: Invocation['session'], flags: Flags): Promise<Resource[]> {
  const allowed = flags.list('prune-allowlist').length > 0 ? flags.list('prune-allowlist') : pruned;
  return Promise.all(
    allowed.map(async (text) => {
      const [group = '', version = '', kind = '', ...more] = text.split('/');
      if (kind === '' || more.length > 0)
        throw new Failure(`error: invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
      const found = await session.discovery.ofKind(group === 'core' ? version : `${group}/${version}`, kind);
      return { ...found, group: found.group || '', version: apiVersionOf(found).split('/').at(-1) ?? '' };
    }),
  );
}
