/** Takes pods off a node, all at once, each as soon as its disruption budget lets it. */
import type { Pod } from '@t8s/api';
import { sleep } from '@t8s/async';
import { isStatus } from '@t8s/meta';
import { write } from '../../resources/requests.ts';
import { pathOf, type Resource } from '../../resources/resource.ts';
import { formatDuration } from '../duration.ts';
import { Failure, Failures } from '../failure.ts';
import { objectVersions, until } from '../object-versions.ts';
import { dryRunOf } from '../outcome.ts';
import type { Invocation } from '../verb.ts';

const retryAfter = 5000;

export async function evictAll(invocation: Invocation, pods: readonly Pod[]): Promise<void> {
  const { session, flags } = invocation;
  const resource = await session.discovery.find('pods');
  const signal = until(session.io.signal, flags.number('timeout'));
  const failures = new Failures();
  await Promise.all(pods.map((pod) => failures.attempt(() => evict(invocation, { pod, resource, signal }))));
  failures.throwAny();
}

interface Evicting {
  pod: Pod;
  resource: Resource;
  signal: AbortSignal;
}

async function evict(invocation: Invocation, evicting: Evicting): Promise<void> {
  const { session, flags } = invocation;
  const { pod, resource, signal } = evicting;
  const { namespace, name = '', uid } = pod.metadata;
  const isDry = dryRunOf(flags) === 'server';
  const byEviction = !flags.on('disable-eviction');
  session.io.out(`${byEviction ? 'evicting' : 'deleting'} pod ${namespace}/${name}${isDry ? ' (server dry run)' : ''}\n`);
  if (!(await ask(invocation, evicting, byEviction)) || isDry) return;
  for await (const version of objectVersions(session, { resource, namespace, name }, signal)) {
    if (version !== undefined && version.metadata.uid === uid) continue;
    session.io.out(`pod/${name} ${byEviction ? 'evicted' : 'deleted'}\n`);
    return;
  }
  if (!session.io.signal.aborted)
    throw new Failure(
      `error: error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${formatDuration(flags.number('timeout'))}`,
    );
}

/** False where the pod was gone already. */
async function ask({ session, flags }: Invocation, { pod, resource, signal }: Evicting, byEviction: boolean): Promise<boolean> {
  const { namespace, name = '' } = pod.metadata;
  const seconds = flags.number('grace-period');
  const dryRun = dryRunOf(flags) === 'server' ? 'All' : undefined;
  const deleteOptions = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(seconds >= 0 && { gracePeriodSeconds: seconds }),
    ...(dryRun && { dryRun: [dryRun] }),
  };
  const what = `error when evicting pods/"${name}" -n "${namespace}"`;
  for (;;)
    try {
      if (!byEviction) await write(session.client, 'DELETE', pathOf(resource, { namespace, name }), { body: deleteOptions });
      else {
        const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions };
        await write(session.client, 'POST', pathOf(resource, { namespace, name, subresource: 'eviction' }), { body });
      }
      return true;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return false;
      if (!isStatus(error, 'TooManyRequests')) throw isStatus(error, 'Forbidden') ? new Failure(`error: ${what}: ${error.message}`) : error;
      session.io.err(`${what} (will retry after 5s): ${error.message}\n`);
      await sleep(retryAfter, { signal }).catch((reason: unknown) => {
        throw session.io.signal.aborted
          ? reason
          : new Failure(`error: ${what}: global timeout reached: ${formatDuration(flags.number('timeout'))}`);
      });
    }
}
