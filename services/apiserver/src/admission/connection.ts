import type { KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../context.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { reviewRequest, subresourceRequest } from './request.ts';

/** Sub-resources that are talked to rather than read or written, with the type of their options. */
const connected: Readonly<Record<string, string>> = {
  'pods/attach': 'PodAttachOptions',
  'pods/exec': 'PodExecOptions',
  'pods/portforward': 'PodPortForwardOptions',
  'pods/proxy': 'PodProxyOptions',
  'services/proxy': 'ServiceProxyOptions',
  'nodes/proxy': 'NodeProxyOptions',
};
const flags = ['stdin', 'stdout', 'stderr', 'tty'];

/** Asks admission before a connection is made; of no concern to other requests. */
export async function reviewConnection(context: ResourceContext, plugins: readonly AdmissionPlugin[]): Promise<void> {
  const { info, query, resource } = context;
  const [subresource = '', ...path] = info.subresource.split('/');
  const kind = resource.kind.group === '' ? connected[`${resource.kind.resource}/${subresource}`] : undefined;
  if (!kind) return;
  const options = {
    ...Object.fromEntries(flags.filter((name) => query.get(name) === 'true' || query.get(name) === '1').map((name) => [name, true])),
    ...(query.get('container') && { container: query.get('container') }),
    ...(query.has('command') && { command: query.getAll('command') }),
    ...(query.has('ports') && { ports: query.getAll('ports').flatMap((list) => list.split(',').map(Number)) }),
    ...(subresource === 'proxy' && { path: path.join('/') }),
  };
  // Options have no metadata, as little as upstream's.
  const object = { kind, apiVersion: 'v1', ...options } as unknown as KubeObject;
  const request = subresourceRequest(context, { operation: 'CONNECT', kind: { group: '', version: 'v1', kind }, object, dryRun: false });
  await reviewRequest({ ...request, subresource }, plugins);
}
