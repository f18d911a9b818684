/** `up --demo`: something to look at. */
import { get } from 'node:http';
import { join } from 'node:path';
import { serviceKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { Cluster } from './cluster.ts';
import { ensureObject, readManifest } from './manifests.ts';
import { poll } from './poll.ts';
import type { Installation } from './processes.ts';
import type { Note } from './progress.ts';
import { deploymentTrouble } from './readiness.ts';

const hello = { namespace: 'default', name: 'hello' };

export async function deployDemo({
  client,
  installation,
  signal,
  note,
}: {
  client: Client;
  installation: Installation;
  signal: AbortSignal;
  note: Note;
}): Promise<void> {
  for (const object of readManifest(join(installation.dir, 'deploy/demo/hello.yaml'))) await ensureObject(client, object);
  await poll({ what: 'demo', timeout: 180_000, signal, remedy: '`kubectl describe pods -l app=hello` says more' }, async () => {
    const trouble = await deploymentTrouble(client, hello);
    note(trouble ?? '');
    return trouble;
  });
}

/** Asks the demo's service until two different pods have answered. Resolves with its URL. */
export async function curlDemo({ client, cluster, signal }: { client: Client; cluster: Cluster; signal: AbortSignal }): Promise<{
  url: string;
  answers: string[];
}> {
  const service = await client.resource(serviceKind).get(hello);
  const url = `http://${cluster.hosts[0]?.address}:${service.spec.ports?.[0]?.nodePort}`;
  const answers = new Set<string>();
  await poll({ what: `demo at ${url}`, timeout: 60_000, signal }, async () => {
    const answer = await fetchText(url);
    if (answer.text === undefined) return answer.error;
    answers.add(answer.text.trim());
    return answers.size > 1 ? undefined : `only these have answered: ${[...answers].join(', ')}`;
  });
  return { url, answers: [...answers] };
}

/** A new connection each time: connections are what a Service spreads. */
function fetchText(url: string): Promise<{ text: string; error?: never } | { error: string; text?: never }> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve(response.statusCode === 200 ? { text } : { error: `it answers ${response.statusCode}` }));
      response.once('error', (error) => resolve({ error: error.message }));
    });
    request.once('timeout', () => request.destroy(new Error('no answer within 2 s')));
    request.once('error', (error) => resolve({ error: error.message }));
  });
}
