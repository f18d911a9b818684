import type { DaemonSet, Deployment } from '@t8s/api';
import { lines } from '@t8s/client';
import { type Status, StatusError } from '@t8s/meta';
import type { Located } from '../../resources/located.ts';
import { type AnyObject, getObject, openWatch } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { rolledOut, rolloutFlags } from './rolled.ts';

export const statusVerb: Verb = {
  name: 'status',
  summary: 'Show the status of the rollout',
  about: 'The command waits until the rollout is done, unless --watch=false says otherwise.',
  examples: `# Watch the rollout status of a deployment
kubectl rollout status deployment/nginx`,
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    ...rolloutFlags('to get from a server.'),
    {
      name: 'revision',
      type: 'number',
      default: 0,
      help: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).',
    },
    { name: 'timeout', type: 'duration', default: '0s', help: 'The length of time to wait before ending watch, zero means never.' },
    { name: 'watch', short: 'w', type: 'boolean', default: true, help: "Watch the status of the rollout until it's done." },
  ],
  run: status,
};

async function status(invocation: Invocation): Promise<void> {
  for (const located of await rolledOut(invocation)) await statusOf(invocation, located);
}

async function statusOf({ session, flags }: Invocation, { resource, namespace, object }: Located): Promise<void> {
  const { client, io } = session;
  const name = object.metadata.name ?? '';
  const report = reports[`${resource.group}/${resource.kind}`];
  if (!report) throw new Failure(`error: no status viewer has been implemented for ${resource.kind}`);
  const revision = flags.number('revision');
  const timeout = flags.number('timeout');
  const signal = timeout > 0 ? AbortSignal.any([io.signal, AbortSignal.timeout(timeout)]) : io.signal;
  let last = '';
  const isDone = (current: AnyObject): boolean => {
    const actual = Number(current.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (revision > 0 && actual !== revision)
      throw new Failure(`error: desired revision (${revision}) is different from the running revision (${actual})`);
    const { text, done } = report(current);
    if (text !== last) io.out(text);
    last = text;
    return done;
  };
  const current = await getObject(client, resource, { namespace, name });
  if (isDone(current) || !flags.on('watch')) return;
  const query = {
    namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: current.metadata.resourceVersion ?? '',
    signal,
    asTable: false,
  };
  try {
    for await (const line of lines(await openWatch(client, resource, query))) {
      const event = JSON.parse(line) as { type: string; object: AnyObject };
      if (event.type === 'ERROR') throw new StatusError(event.object as Status);
      if (event.type === 'DELETED') throw new Failure('error: object has been deleted');
      if (event.type !== 'BOOKMARK' && isDone(event.object)) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!io.signal.aborted) throw new Failure('error: timed out waiting for the condition');
  }
}

interface Report {
  text: string;
  done: boolean;
}

const reports: Record<string, (object: AnyObject) => Report> = {
  'apps/Deployment': (object) => deploymentReport(object as unknown as Deployment),
  'apps/DaemonSet': (object) => daemonSetReport(object as unknown as DaemonSet),
};

const waiting = (text: string): Report => ({ text: `Waiting for ${text}...\n`, done: false });

export function deploymentReport({ metadata, spec, status = {} }: Deployment): Report {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions = [] } = status;
  if ((metadata.generation ?? 0) > observedGeneration) return waiting('deployment spec update to be observed');
  const late = conditions.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded');
  if (late) throw new Failure(`error: deployment "${metadata.name}" exceeded its progress deadline`);
  const rollout = `deployment "${metadata.name}" rollout to finish`;
  if (updatedReplicas < (spec.replicas ?? 1))
    return waiting(`${rollout}: ${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updatedReplicas) return waiting(`${rollout}: ${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${rollout}: ${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  return { text: `deployment "${metadata.name}" successfully rolled out\n`, done: true };
}

export function daemonSetReport({ metadata, spec, status }: DaemonSet): Report {
  if (spec.updateStrategy?.type !== undefined && spec.updateStrategy.type !== 'RollingUpdate')
    throw new Failure('error: rollout status is only available for RollingUpdate strategy type');
  const {
    observedGeneration = 0,
    updatedNumberScheduled: updated = 0,
    desiredNumberScheduled: desired = 0,
    numberAvailable: available = 0,
  } = status ?? {};
  if ((metadata.generation ?? 0) > observedGeneration) return waiting('daemon set spec update to be observed');
  const rollout = `daemon set "${metadata.name}" rollout to finish`;
  if (updated < desired) return waiting(`${rollout}: ${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return waiting(`${rollout}: ${available} of ${desired} updated pods are available`);
  return { text: `daemon set "${metadata.name}" successfully rolled out\n`, done: true };
}
