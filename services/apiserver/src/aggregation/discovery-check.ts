import { request } from 'node:https';
import { hostPort, type Location, type ServiceLocator } from '../proxy/service-location.ts';
import { identityHeaders } from './identity-headers.ts';
import { type ProxyIdentity, pathOf, type RemoteService } from './remote-services.ts';

/** Answers asked for at once: one good one is enough, whichever endpoint it comes from. */
const attempts = 5;
/** Milliseconds. */
const patience = 5000;

/** Whether the service answers discovery for its group-version. Throws the last reason it doesn't, in upstream's words. */
export async function checkDiscovery(remote: RemoteService, locate: ServiceLocator, identity: ProxyIdentity): Promise<void> {
  try {
    await Promise.any(Array.from({ length: attempts }, () => checkOnce(remote, locate, identity)));
  } catch (error) {
    throw (error as AggregateError).errors.at(-1) as Error;
  }
}

async function checkOnce(remote: RemoteService, locate: ServiceLocator, identity: ProxyIdentity): Promise<void> {
  const location = locate(remote.service);
  const url = `https://${hostPort(location)}${pathOf(remote)}`;
  const fail = (why: string): Error => new Error(`failing or missing response from ${url}: ${why}`);
  const code = await statusOf(location, pathOf(remote), identity).catch((error: Error) => {
    throw fail(`Get "${url}": ${error.message}`);
  });
  if (code < 200 || code >= 300) throw fail(`bad status from ${url}: ${code}`);
}

/** Whose certificate it is does not matter here: nothing is told, and nothing of the answer believed but its code. */
function statusOf(location: Location, path: string, identity: ProxyIdentity): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      ...location,
      ...identity,
      path,
      agent: false,
      rejectUnauthorized: false,
      headers: identityHeaders({ name: 'system:kube-aggregator', groups: ['system:masters'] }),
      signal: AbortSignal.timeout(patience),
    });
    sent.once('error', (error) => reject(error.name === 'AbortError' ? new Error('context deadline exceeded') : error));
    sent.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.end();
  });
}
