/** kube-proxy: makes the addresses of Services lead to their endpoints, by iptables rules on this node. */
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type EndpointSlice, endpointSliceKind, type Node, nodeKind, type Service, serviceKind } from '@t8s/api';
import { createClient } from '@t8s/client';
import {
  type FlagSpec,
  kubernetesVersion,
  loadConnection,
  type MainContext,
  processFlags,
  runMain,
  serveHealth,
  UsageError,
} from '@t8s/component';
import { Informer } from '@t8s/informer';
import { type RunCommand, runCommand } from './iptables/command.ts';
import { KernelRules } from './iptables/kernel-rules.ts';
import { ProxyMetrics } from './metrics.ts';
import { nodePortFilter } from './node-addresses.ts';
import { Proxier } from './proxier.ts';

const component = 'kube-proxy';
const specs = {
  kubeconfig: { type: 'string', help: 'file that says how to reach the apiserver' },
  'hostname-override': { type: 'string', help: "this node's name; the machine's host name where not given" },
  'cluster-cidr': { type: 'string', default: '', help: 'range of pod addresses: traffic from elsewhere to cluster IPs is masqueraded' },
  'healthz-port': { type: 'number', default: 10249, help: 'port of /healthz and /metrics on loopback' },
  'iptables-sync-period': { type: 'duration', default: '30s', help: 'how often to check that our rules are still there' },
  'iptables-min-sync-period': { type: 'duration', default: '1s', help: 'least time between writes, after a burst of two' },
  'iptables-localhost-nodeports': { type: 'boolean', default: true, help: 'answer on node ports of loopback addresses too' },
  'nodeport-addresses': { type: 'strings', default: [], help: 'ranges of local addresses that answer on node ports; empty: all' },
  cleanup: { type: 'boolean', default: false, help: 'remove all rules of kube-proxy and end' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = processFlags(component, specs);
await runMain(component, flags.v, flags.cleanup ? cleanup : proxy);

async function cleanup({ log }: MainContext): Promise<void> {
  await iptablesVersion(runCommand);
  const chains = await new KernelRules({ run: runCommand, localhostNodePorts: true }).cleanup();
  log.info({ chains }, 'rules removed');
}

async function proxy({ signal, log }: MainContext): Promise<void> {
  const { kubeconfig, 'hostname-override': nodeName = hostname() } = flags;
  if (kubeconfig === undefined) throw new UsageError('--kubeconfig is required');
  const filter = nodePortFilter(flags['nodeport-addresses']);
  const client = createClient({ connection: loadConnection(kubeconfig), userAgent: `${component}/${kubernetesVersion}` });
  const [major, minor, patch] = await iptablesVersion(runCommand);
  const localhostNodePorts = flags['iptables-localhost-nodeports'] && (filter?.('127.0.0.1') ?? true);
  if (localhostNodePorts) await routeLocalnet();

  const labelSelector = '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name';
  const services = new Informer({ client, kind: serviceKind, labelSelector, transform: trimService, log });
  const slices = new Informer({ client, kind: endpointSliceKind, labelSelector, transform: trimSlice, log });
  const node = new Informer({ client, kind: nodeKind, fieldSelector: `metadata.name=${nodeName}`, transform: trimNode, log });
  const metrics = new ProxyMetrics();
  const proxier = new Proxier({
    nodeName,
    services,
    slices,
    node,
    rules: new KernelRules({ run: runCommand, localhostNodePorts }),
    run: runCommand,
    clusterCidr: flags['cluster-cidr'].split(',').find((range) => !range.includes(':')) ?? '',
    localhostNodePorts,
    randomFully: major > 1 || (major === 1 && (minor > 6 || (minor === 6 && patch >= 2))),
    nodePortFilter: filter,
    syncPeriod: flags['iptables-sync-period'],
    minSyncPeriod: flags['iptables-min-sync-period'],
    metrics,
    log,
  });
  await serveHealth({
    port: flags['healthz-port'],
    checks: { sync: () => proxier.checkHealth() },
    metrics: () => metrics.registry.metrics(),
    signal,
  });
  log.info({ version: kubernetesVersion, node: nodeName, iptables: `${major}.${minor}.${patch}` }, 'started');
  await Promise.all([services.run(signal), slices.run(signal), node.run(signal), proxier.run(signal)]);
}

/** Throws UsageError where iptables can't be run. */
async function iptablesVersion(run: RunCommand): Promise<[number, number, number]> {
  try {
    const { stdout } = await run('iptables', ['--version']);
    const [, major, minor, patch] = /v(\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? [];
    return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0)];
  } catch (error) {
    throw new UsageError(`cannot run iptables (${(error as NodeJS.ErrnoException).code}): install the package iptables, and run as root`);
  }
}

/** Lets packets from loopback addresses be sent to endpoints; KUBE-FIREWALL keeps others out. */
async function routeLocalnet(): Promise<void> {
  const file = '/proc/sys/net/ipv4/conf/all/route_localnet';
  try {
    await writeFile(file, '1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`cannot write ${file} (${code}): run as root, or give --iptables-localhost-nodeports=false`);
  }
}

function trimService({ metadata, spec, status }: Service): Service {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  return { metadata: { name, namespace, uid, resourceVersion, labels }, spec, ...(spec.type === 'LoadBalancer' && { status }) };
}

function trimSlice({ metadata, addressType, ports, endpoints }: EndpointSlice): EndpointSlice {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  const kept = endpoints.map(({ addresses, conditions, nodeName, hints }) => ({ addresses, conditions, nodeName, hints }));
  return { metadata: { name, namespace, uid, resourceVersion, labels }, addressType, ports, endpoints: kept };
}

function trimNode({ metadata, status }: Node): Node {
  const { name, uid, resourceVersion, labels } = metadata;
  return { metadata: { name, uid, resourceVersion, labels }, spec: {}, status: { addresses: status?.addresses } };
}
