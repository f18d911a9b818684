/** After `kubectl run -i`: the streams of the new pod, and the end of both. */
import type { Pod } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf, withQuery } from '../../resources/resource.ts';
import { attachTo } from '../attach/attach-to.ts';
import { Failure } from '../failure.ts';
import { objectVersions, until } from '../object-versions.ts';
import type { Invocation } from '../verb.ts';

/** Waits for the pod to run, is attached to it, and ends as its container does. With --rm the pod is deleted at the end. */
export async function attachCreated(invocation: Invocation, created: AnyObject): Promise<void> {
  const { flags } = invocation;
  try {
    const pod = await podWhen(invocation, { created, isReached: hasStarted, timeout: flags.number('pod-running-timeout') });
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') await printLogs(invocation, pod);
    else await attachTo(invocation.session, pod, { container: '', path: 'kubectl attach', ...streamsOf(invocation) });
    if (!flags.on('leave-stdin-open') && flags.text('restart') !== 'Always') {
      const isReached = flags.text('restart') === 'Never' ? hasEnded : (one: Pod): boolean => one.status?.phase === 'Succeeded';
      endAs(await podWhen(invocation, { created, isReached, timeout: 0 }));
    }
  } finally {
    if (flags.on('rm')) await remove(invocation, created);
  }
}

const streamsOf = ({ flags }: Invocation): { stdin: boolean; tty: boolean; quiet: boolean } => ({
  stdin: flags.on('stdin'),
  tty: flags.on('tty'),
  quiet: flags.on('quiet'),
});

const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

function hasStarted(pod: Pod): boolean {
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return hasEnded(pod) || (pod.status?.phase === 'Running' && isReady);
}

interface Reaching {
  created: AnyObject;
  isReached(pod: Pod): boolean;
  timeout: number;
}

async function podWhen({ session }: Invocation, { created, isReached, timeout }: Reaching): Promise<Pod> {
  const { namespace, name = '' } = created.metadata;
  const followed = { resource: await session.discovery.find('pods'), namespace, name };
  for await (const version of objectVersions(session, followed, until(session.io.signal, timeout))) {
    if (!version) throw new Failure(`error: pods "${name}" not found`);
    if (isReached(version as unknown as Pod)) return version as unknown as Pod;
  }
  throw new Failure('error: timed out waiting for the condition');
}

async function printLogs({ session }: Invocation, { metadata, spec }: Pod): Promise<void> {
  const { namespace, name } = metadata;
  const place = { namespace, name, subresource: 'log' };
  const path = withQuery(pathOf(await session.discovery.find('pods'), place), { container: spec.containers[0]?.name });
  for await (const part of await session.client.stream({ method: 'GET', path, signal: session.io.signal })) session.io.out(part);
}

/** The exit code of the pod's only container is the command's. */
function endAs({ metadata: { namespace, name }, status }: Pod): void {
  if (status?.phase === 'Succeeded') return;
  const [first, ...others] = status?.containerStatuses ?? [];
  const { exitCode = 0, reason = '', message = '' } = first?.state?.terminated ?? {};
  if (exitCode === 0 || others.length > 0) throw new Failure(`error: pod ${namespace}/${name} failed with unknown exit code`);
  throw new Failure(`pod ${namespace}/${name} terminated (${reason})\n${message}`, exitCode);
}

async function remove({ session }: Invocation, { metadata: { namespace, name } }: AnyObject): Promise<void> {
  const place = pathOf(await session.discovery.find('pods'), { namespace, name });
  try {
    await write(session.client, 'DELETE', place, { body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' } });
    session.io.out(`pod "${name}" deleted\n`);
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}
