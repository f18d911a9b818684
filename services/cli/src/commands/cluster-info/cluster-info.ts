import type { Service } from '@t8s/api';
import { listObjects } from '../../resources/requests.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { dumpVerb } from './dump.ts';

export const clusterInfoVerb: VerbBody = {
  about: 'The addresses of the control plane and of services with the label kubernetes.io/cluster-service=true.',
  examples: '# Where the control plane is\nkubectl cluster-info',
  verbs: [dumpVerb],
  run: clusterInfo,
};

async function clusterInfo({ session }: Invocation): Promise<void> {
  const { io, client, connection, discovery } = session;
  const paint = (code: number, text: string): string => (io.terminal ? `\u001b[0;${code}m${text}\u001b[0m` : text);
  const server = connection.server.replace(/\/$/, '');
  const tell = (name: string, url: string): void => io.out(`${paint(32, name)} is running at ${paint(33, url)}\n`);
  const query = { namespace: 'kube-system', labelSelector: 'kubernetes.io/cluster-service=true' };
  const { items } = await listObjects(client, await discovery.find('services'), query);
  tell('Kubernetes control plane', server);
  for (const { metadata, spec } of items as unknown as Service[]) {
    const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name ?? '';
    const [port] = spec.ports ?? [];
    const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : '';
    const target = `${scheme}${metadata.name}:${port?.name || (scheme ? '' : (port?.port ?? ''))}`.replace(/:$/, scheme ? ':' : '');
    tell(name, `${server}/api/v1/namespaces/${metadata.namespace}/services/${target}/proxy`);
  }
  io.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
}
