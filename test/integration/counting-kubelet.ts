/** A node whose kubelet tells at /metrics/resource what every pod bound to it is said to use. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { nodeKind, podKind } from '@t8s/api';
import type { Cluster } from './harness.ts';

export interface CountingKubelet {
  node: string;
  /** How often it was asked. */
  asked(): number;
  /** From now on each container of this name uses so many cores; 32 MiB of memory always. */
  use(container: string, cores: number): void;
  stop(): void;
}

/** The node itself uses half a core and 512 MiB of its two cores and 2 GiB. */
export async function startCountingKubelet({ pki, api: { admin } }: Cluster): Promise<CountingKubelet> {
  const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((name) => readFileSync(pki.file(name), 'utf8'));
  const node = 'counting';
  const started = Date.now();
  const rates = new Map<string, { since: number; before: number; cores: number }>();
  let asked = 0;
  const used = (container: string, now: number): number => {
    const { since, before, cores } = rates.get(container) ?? { since: now, before: 0, cores: 0 };
    return before + (cores * (now - since)) / 1000;
  };
  const text = async (): Promise<string> => {
    const { items } = await admin.resource(podKind).list({ fieldSelector: `spec.nodeName=${node}` });
    const now = Date.now();
    const pods = items.flatMap(({ metadata, spec }) =>
      spec.containers.map(({ name }) => {
        const labels = `{container="${name}",namespace="${metadata.namespace}",pod="${metadata.name}"}`;
        return `container_cpu_usage_seconds_total${labels} ${used(name, now)} ${now}
container_memory_working_set_bytes${labels} ${32 * 1024 * 1024} ${now}
container_start_time_seconds${labels} ${started / 1000}
`;
      }),
    );
    return `node_cpu_usage_seconds_total ${1000 + (now - started) / 2000} ${now}
node_memory_working_set_bytes ${512 * 1024 * 1024} ${now}
${pods.join('')}`;
  };
  const server = createServer({ cert, key, ca: pki.ca, requestCert: true, rejectUnauthorized: true }, (request, answer) => {
    asked += request.url === '/metrics/resource' ? 1 : 0;
    void text().then((body) => answer.end(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const created = await admin.resource(nodeKind).create({ metadata: { name: node, labels: { kind: 'test' } }, spec: {} });
  await admin.resource(nodeKind).updateStatus({
    ...created,
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: (server.address() as AddressInfo).port } },
      allocatable: { cpu: '2', memory: '2Gi' },
    },
  });
  return {
    node,
    asked: () => asked,
    use(container, cores) {
      const now = Date.now();
      rates.set(container, { before: used(container, now), since: now, cores });
    },
    stop: () => void server.close(),
  };
}
