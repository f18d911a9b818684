/** `kubectl drain`: a node is closed to new pods, and those it has go elsewhere. */
import type { Pod } from '@t8s/api';
import { listObjects } from '../../resources/requests.ts';
import { cordon, nodeFlags, nodesOf } from '../cordon/cordon.ts';
import { Failure, Failures, failureText } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { evictAll } from './evict.ts';
import { judge } from './evictable.ts';

export const drainVerb: VerbBody = {
  about:
    'The node is marked unschedulable, and its pods are evicted, which respects disruption budgets. Pods of daemon sets and static pods stay.',
  examples: `# Drain a node that has pods of daemon sets
kubectl drain foo --ignore-daemonsets

# Pods without a controller too, with 15 minutes to end
kubectl drain foo --force --grace-period=900`,
  usage: 'NODE',
  flags: [
    { name: 'chunk-size', type: 'number', default: 500, help: 'Return large lists in chunks rather than all at once.' },
    {
      name: 'delete-emptydir-data',
      type: 'boolean',
      default: false,
      help: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    },
    {
      name: 'disable-eviction',
      type: 'boolean',
      default: false,
      help: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    },
    { name: 'force', type: 'boolean', default: false, help: 'Continue even if there are pods that do not declare a controller.' },
    {
      name: 'grace-period',
      type: 'number',
      default: -1,
      help: 'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
    },
    { name: 'ignore-daemonsets', type: 'boolean', default: false, help: 'Ignore DaemonSet-managed pods.' },
    { name: 'pod-selector', type: 'string', help: 'Label selector to filter pods on the node' },
    {
      name: 'skip-wait-for-delete-timeout',
      type: 'number',
      default: 0,
      help: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod. Seconds must be greater than 0 to skip.',
    },
    { name: 'timeout', type: 'duration', default: '0s', help: 'The length of time to wait before giving up, zero means infinite' },
    ...nodeFlags,
  ],
  run: drain,
};

async function drain(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const { io } = session;
  const nodes = await nodesOf(invocation, 'drain NODE [flags]');
  await cordon(invocation, nodes, true);
  const outcome = new Outcome(io, flags);
  const drained = new Set<string>();
  const failures = new Failures();
  for (const { object, resource } of nodes) {
    const { name = '' } = object.metadata;
    try {
      await emptyNode(invocation, name);
      drained.add(name);
      outcome.tell({ object, resource }, 'drained');
    } catch (error) {
      failures.add(error);
      const pending = nodes.map(({ object: other }) => other.metadata.name ?? '').filter((other) => !drained.has(other));
      io.err(`error: unable to drain node ${JSON.stringify(name)} due to error: ${listed(error)}, continuing command...\n`);
      io.err(`There are pending nodes to be drained:\n${pending.map((other) => ` ${other}\n`).join('')}`);
    }
  }
  failures.throwAny();
}

const listed = (error: unknown): string => {
  const texts = failureText(error)
    .replace(/^error: /, '')
    .split('\n');
  return texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '');
};

async function emptyNode(invocation: Invocation, node: string): Promise<void> {
  const { session, flags } = invocation;
  const { io, client, discovery } = session;
  const query = { namespace: undefined, fieldSelector: `spec.nodeName=${node}`, labelSelector: flags.text('pod-selector') };
  const { items } = await listObjects(client, await discovery.find('pods'), query);
  const judged = await Promise.all((items as unknown as Pod[]).map(async (pod) => ({ pod, judgement: await judge(session, pod, flags) })));
  const grouped = (key: 'error' | 'warning'): [string, string][] => {
    const names = new Map<string, string[]>();
    for (const { pod, judgement } of judged) {
      const text = judgement[key];
      if (text !== undefined) names.set(text, [...(names.get(text) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`]);
    }
    return [...names].map(([text, of]) => [text, of.join(', ')]);
  };
  const errors = grouped('error').map(([text, names]) => `cannot delete ${text}: ${names}`);
  if (errors.length > 0) throw new Failure(errors.join('\n'));
  const warnings = grouped('warning').map(([text, names]) => `${text}: ${names}`);
  if (warnings.length > 0) io.err(`Warning: ${warnings.join('; ')}\n`);
  const going = judged.filter(({ judgement }) => judgement.goes).map(({ pod }) => pod);
  if (dryRunOf(flags) === 'client')
    for (const { metadata } of going) io.out(`evicting pod ${metadata.namespace}/${metadata.name} (dry run)\n`);
  else await evictAll(invocation, going);
}
