import type { DaemonSet, Deployment, StatefulSet } from '@t8s/api';
import type { Located } from '../../resources/located.ts';
import type { AnyObject } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';
import { objectVersions, until } from '../object-versions.ts';
import type { Invocation, Verb } from '../verb.ts';
import { groupKind } from './revisions.ts';
import { eachRolledOut, rolloutFlags } from './rolled.ts';

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
  await eachRolledOut(invocation, {}, (located) => statusOf(invocation, located));
}

async function statusOf({ session, flags }: Invocation, { resource, namespace, object }: Located): Promise<void> {
  const { io } = session;
  const name = object.metadata.name ?? '';
  const report = reports[`${resource.group}/${resource.kind}`];
  if (!report) throw new Failure(`error: no status viewer has been implemented for ${groupKind(resource)}`);
  const revision = flags.number('revision');
  const signal = until(io.signal, flags.number('timeout'));
  let last = '';
  for await (const current of objectVersions(session, { resource, namespace, name }, signal)) {
    if (!current) throw new Failure('error: object has been deleted');
    const actual = Number(current.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (revision > 0 && actual !== revision)
      throw new Failure(`error: desired revision (${revision}) is different from the running revision (${actual})`);
    const { text, done } = report(current);
    if (text !== last) io.out(text);
    last = text;
    if (done || !flags.on('watch')) return;
  }
  if (!io.signal.aborted) throw new Failure('error: timed out waiting for the condition');
}

interface Report {
  text: string;
  done: boolean;
}

const reports: Record<string, (object: AnyObject) => Report> = {
  'apps/Deployment': (object) => deploymentReport(object as unknown as Deployment),
  'apps/DaemonSet': (object) => daemonSetReport(object as unknown as DaemonSet),
  'apps/StatefulSet': (object) => statefulSetReport(object as unknown as StatefulSet),
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

export function statefulSetReport({ metadata, spec, status }: StatefulSet): Report {
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') throw new Failure('error: rollout status is only available for RollingUpdate strategy type');
  const {
    observedGeneration = 0,
    readyReplicas = 0,
    updatedReplicas = 0,
    currentReplicas = 0,
    currentRevision,
    updateRevision,
  } = status ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) return waiting('statefulset spec update to be observed');
  const replicas = spec.replicas ?? 1;
  if (readyReplicas < replicas) return waiting(`${replicas - readyReplicas} pods to be ready`);
  if (rollingUpdate) {
    const wanted = replicas - (rollingUpdate.partition ?? 0);
    if (updatedReplicas < wanted)
      return waiting(`partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated`);
    return { text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`, done: true };
  }
  if (updateRevision !== currentRevision)
    return {
      text: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...\n`,
      done: false,
    };
  return { text: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...\n`, done: true };
}
