/** dns: answers for the names of Services; passes other names on. Runs in the cluster as the Deployment kube-dns. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { sleep } from '@t8s/async';
import { createClient } from '@t8s/client';
import { type FlagSpec, inClusterConnection, kubernetesVersion, loadConnection, processFlags, runMain, UsageError } from '@t8s/component';
import { servePage } from './health.ts';
import { DnsMetrics } from './metrics.ts';
import { ClusterZone } from './records/cluster-zone.ts';
import { RecordSource } from './records/record-source.ts';
import { DnsServer } from './server/dns-server.ts';
import { Forwarder, type Upstream } from './server/forwarder.ts';
import { parseUpstream, readResolvConf } from './server/resolv-conf.ts';
import { Resolver } from './server/resolver.ts';

const component = 'dns';
const specs = {
  kubeconfig: { type: 'string', help: 'file that says how to reach the apiserver; in a pod, its service account does' },
  address: { type: 'string', default: '0.0.0.0', help: 'address to listen on' },
  port: { type: 'number', default: 53, help: 'UDP and TCP port' },
  'cluster-domain': { type: 'string', default: 'cluster.local', help: 'domain of the cluster' },
  upstream: { type: 'strings', default: [], help: 'servers for other names; empty: those of --resolv-conf' },
  'resolv-conf': { type: 'string', default: '/etc/resolv.conf', help: 'file that names the upstream servers' },
  'health-port': { type: 'number', default: 8080, help: 'port of /health' },
  'ready-port': { type: 'number', default: 8181, help: 'port of /ready' },
  'metrics-port': { type: 'number', default: 9153, help: 'port of /metrics' },
  lameduck: { type: 'duration', default: '5s', help: 'how long to go on answering after the signal to end' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = processFlags(component, specs);
await runMain(component, flags.v, async ({ signal, log }) => {
  const connection = flags.kubeconfig === undefined ? inClusterConnection() : loadConnection(flags.kubeconfig);
  const client = createClient({ connection, userAgent: `${component}/${kubernetesVersion}` });
  const upstreams = chooseUpstreams();
  const source = new RecordSource({ client, log });
  const zone = new ClusterZone({ source, domain: flags['cluster-domain'] });
  const forwarder = new Forwarder({ upstreams });
  const resolver = new Resolver({ zone, forwarder, log });
  const metrics = new DnsMetrics();
  const { address, port } = flags;
  const server = new DnsServer({ resolver, address, port, metrics, log });
  const ended = new AbortController();
  const pages = [
    { port: flags['health-port'], page: { path: '/health', read: () => ({ status: 200, text: 'OK' }) } },
    {
      port: flags['ready-port'],
      page: { path: '/ready', read: () => (zone.isReady ? { status: 200, text: 'OK' } : { status: 503, text: 'kubernetes' }) },
    },
    {
      port: flags['metrics-port'],
      page: { path: '/metrics', read: async () => ({ status: 200, text: await metrics.registry.metrics() }) },
    },
  ];
  for (const page of pages) await servePage({ address, ...page, signal: ended.signal });
  const bound = await server.listen();
  log.info({ version: kubernetesVersion, port: bound, upstreams }, 'started');
  const followed = source.run(ended.signal);
  if (upstreams.length > 0) await resolver.detectLoop();

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // Rules on the nodes lead here until the endpoint's end has reached them.
  await sleep(flags.lameduck);
  ended.abort();
  server.close();
  forwarder.close();
  await followed;
});

function chooseUpstreams(): Upstream[] {
  if (flags.upstream.length > 0)
    return flags.upstream.map((text) => {
      const upstream = parseUpstream(text);
      if (!upstream) throw new UsageError(`--upstream wants an address such as 192.0.2.1 or 192.0.2.1:5353, not '${text}'`);
      return upstream;
    });
  const own = Object.values(networkInterfaces()).flatMap((infos) => (infos ?? []).map((info) => info.address));
  try {
    return readResolvConf(readFileSync(flags['resolv-conf'], 'utf8'), new Set(own));
  } catch (error) {
    throw new UsageError(`--resolv-conf: cannot read ${flags['resolv-conf']}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
