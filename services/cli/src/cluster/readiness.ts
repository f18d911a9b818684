/** What a cluster or a deployment still lacks, in words for whoever waits. */
import { type Deployment, deploymentKind, type Node, nodeKind, type Pod, podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { isStatus } from '@t8s/meta';
import { troubleOf } from './health.ts';

/** Undefined when each of these nodes is Ready. */
export async function nodesTrouble(client: Client, names: readonly string[]): Promise<string | undefined> {
  let nodes: readonly Node[];
  try {
    nodes = (await client.resource(nodeKind).list()).items;
  } catch (error) {
    return troubleOf(error);
  }
  const troubles = names.flatMap((name) => {
    const node = nodes.find((candidate) => candidate.metadata.name === name);
    const why = node ? nodeTrouble(node) : 'has not registered';
    return why === undefined ? [] : [`${name} ${why}`];
  });
  return troubles.length === 0 ? undefined : troubles.join(', ');
}

export function nodeTrouble({ status }: Node): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return undefined;
  return `is not Ready${ready?.message ? ` (${ready.message})` : ''}`;
}

/** Undefined when all replicas of its newest template are available. */
export async function deploymentTrouble(client: Client, ref: { namespace: string; name: string }): Promise<string | undefined> {
  let deployment: Deployment;
  try {
    deployment = await client.resource(deploymentKind).get(ref);
  } catch (error) {
    if (isStatus(error, 'NotFound')) return `deployment ${ref.name} is not there`;
    return troubleOf(error);
  }
  const { metadata, spec, status = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return `deployment ${ref.name} has not been looked at yet`;
  const isDone = status.updatedReplicas === wanted && status.availableReplicas === wanted && status.replicas === wanted;
  if (isDone) return undefined;
  const pods = await client.resource(podKind).list({
    namespace: ref.namespace,
    labelSelector: Object.entries(spec.selector.matchLabels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  });
  const why = pods.items.map(podTrouble).find((trouble) => trouble !== undefined);
  return `${status.availableReplicas ?? 0} of ${wanted} pods of ${ref.name} are available${why === undefined ? '' : ` (${why})`}`;
}

function podTrouble({ metadata, status }: Pod): string | undefined {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  if (waiting) return `${metadata.name}: ${[waiting.reason, waiting.message].filter(Boolean).join(': ')}`;
  const failed = status?.conditions?.find((condition) => condition.status === 'False' && condition.message);
  return failed ? `${metadata.name}: ${failed.message}` : undefined;
}
