/** Whether processes are ready, asked as their users would ask. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type Client, ConnectionError } from '@t8s/client';
import { isStatus, StatusError } from '@t8s/meta';
import type { Cluster } from './cluster.ts';
import { etcdUrl } from './processes.ts';

/** Undefined when etcd takes requests, else why it doesn't. */
export function etcdTrouble(cluster: Cluster): Promise<string | undefined> {
  const { pki } = cluster;
  const [ca, cert, key] = ['etcd/ca.crt', 'apiserver-etcd-client.crt', 'apiserver-etcd-client.key'].map((file) => readFileSync(pki(file)));
  return new Promise((resolve) => {
    const outgoing = request(`${etcdUrl(cluster)}/health`, { ca, cert, key, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? undefined : `its health check answers ${response.statusCode}`);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 2 s')));
    outgoing.once('error', (error) => resolve(error.message));
    outgoing.end();
  });
}

/** Undefined when the apiserver is ready, else why it isn't. */
export async function apiserverTrouble(client: Client): Promise<string | undefined> {
  try {
    await client.request({ method: 'GET', path: '/readyz' });
    return undefined;
  } catch (error) {
    return troubleOf(error);
  }
}

/** What a failed request says about the server; other errors are thrown on. */
export function troubleOf(error: unknown): string {
  if (error instanceof StatusError || error instanceof ConnectionError || isStatus(error)) return (error as Error).message;
  throw error;
}
