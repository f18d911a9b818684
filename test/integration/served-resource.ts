/** What discovery says is served, and requests for it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Client } from '@t8s/client';
import type { KubeObject, Status } from '@t8s/meta';
import { StatusError } from '@t8s/meta';

export interface DiscoveredResource {
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  /** Of a sub-resource's own type. */
  group?: string;
  version?: string;
}

/** A resource with its sub-resources. */
export interface ServedResource extends DiscoveredResource {
  groupVersion: string;
  /** `apps/v1/deployments`. */
  key: string;
  subresources: readonly DiscoveredResource[];
}

/** All that the lists of discovery name, in their order. */
export async function discover(client: Client): Promise<ServedResource[]> {
  const { groups } = await client.getJson<{ groups: { versions: { groupVersion: string }[] }[] }>('/apis');
  const all = ['v1', ...groups.flatMap(({ versions }) => versions.map((v) => v.groupVersion))];
  const lists = await Promise.all(
    all.map(async (groupVersion) => {
      const { resources } = await client.getJson<{ resources: DiscoveredResource[] }>(rootOf(groupVersion));
      return resources
        .filter(({ name }) => !name.includes('/'))
        .map((resource) => ({
          ...resource,
          groupVersion,
          key: `${groupVersion}/${resource.name}`,
          subresources: resources.filter(({ name }) => name.startsWith(`${resource.name}/`)),
        }));
    }),
  );
  return lists.flat();
}

const rootOf = (groupVersion: string): string => (groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`);

/** The collection's path, in a namespace where it has one. */
export const pathOf = ({ groupVersion, namespaced, name }: ServedResource, namespace = 'default'): string =>
  `${rootOf(groupVersion)}${namespaced && namespace !== '' ? `/namespaces/${namespace}` : ''}/${name}`;

export interface Answer<T> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** What the text says, where it is JSON. */
  json: T;
}

/** Sends a request and reads the JSON of its answer; failures throw with what was asked. */
export async function send<T = KubeObject>(
  client: Client,
  method: string,
  path: string,
  { body, ...headers }: { body?: unknown; accept?: string; 'content-type'?: string } = {},
): Promise<Answer<T>> {
  const sent = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  try {
    const answer = await client.request({ method, path, headers, ...(sent !== undefined && { body: sent }) });
    const text = answer.body.toString();
    const isJson = answer.headers['content-type']?.startsWith('application/json');
    return { status: answer.status, headers: answer.headers, text, json: (isJson ? JSON.parse(text) : undefined) as T };
  } catch (error) {
    if (error instanceof StatusError) error.message = `${method} ${path} ${sent?.slice(0, 300) ?? ''}\n→ ${error.message}`;
    throw error;
  }
}

/** The Status of a refusal. Throws where the request is served. */
export async function refused(
  client: Client,
  ...request: Parameters<typeof send> extends [Client, ...infer R] ? R : never
): Promise<Status> {
  try {
    const { status, text } = await send(client, ...request);
    throw new Error(`${request[0]} ${request[1]} was answered with ${status}: ${text.slice(0, 300)}`);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.status;
  }
}
