/** A kubelet put together: the node in the API, its pods' workers, the runtime, the network, the server. */
import { setMaxListeners } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Node,
  nodeKind,
  type Pod,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type Secret,
  type Service,
  serviceKind,
  type TokenRequestStatus,
} from '@t8s/api';
import { type Clock, systemClock } from '@t8s/async';
import { type Client, requestToken } from '@t8s/client';
import { EventRecorder } from '@t8s/controller';
import { Informer } from '@t8s/informer';
import { ifFound, ifUnchanged } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { KubeletConfig } from './config.ts';
import { ObjectWatches } from './env/object-watches.ts';
import { ImagePuller } from './images/image-puller.ts';
import { ClusterNetwork } from './network/cluster-network.ts';
import { PodNetwork } from './network/pod-network.ts';
import { readMachine } from './node/machine.ts';
import { NodeAgent } from './node/node-agent.ts';
import { renewNodeLease } from './node/node-lease.ts';
import { RuntimeHealth } from './node/runtime-health.ts';
import { parseResolvConf } from './pods/dns-config.ts';
import { Hooks } from './pods/hooks.ts';
import type { NodeFacts } from './pods/node-facts.ts';
import { PodDirs } from './pods/pod-dirs.ts';
import type { PodEvents } from './pods/pod-events.ts';
import { containerField } from './pods/pod-format.ts';
import { PodKiller } from './pods/pod-killer.ts';
import { PodManager } from './pods/pod-manager.ts';
import { PodReporter } from './pods/pod-reporter.ts';
import { PodStarter } from './pods/pod-starter.ts';
import { KeyedBackoff } from './pods/restart-backoff.ts';
import { RuntimeCache } from './pods/runtime-cache.ts';
import { probeRunner } from './probes/probe-runner.ts';
import { Prober } from './probes/prober.ts';
import { connectRuntime, type RuntimeConnection } from './runtime/connect-runtime.ts';
import { followRuntime } from './runtime/follow-runtime.ts';
import { type Access, apiAccess } from './server/access.ts';
import { serveKubelet } from './server/kubelet-server.ts';
import { kubeletMetrics } from './server/metrics.ts';
import { resourceMetrics } from './server/resource-metrics.ts';
import { servedContainers, servedSandboxes } from './server/served-container.ts';
import { StatusWriter } from './status/status-writer.ts';
import { TerminationMessages } from './status/termination-message.ts';
import { PodVolumes } from './volumes/pod-volumes.ts';
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts';

export interface KubeletOptions {
  config: KubeletConfig;
  client: Client;
  log: Logger;
  signal: AbortSignal;
  clock?: Clock;
  /** For tests: instead of what the configuration says. */
  connect?: typeof connectRuntime;
  /** Who may use the kubelet's API; the API server is asked unless given. */
  access?: Access;
}

export interface Kubelet {
  /** Of the kubelet's server. */
  port: number;
  metrics(): Promise<string>;
}

/** Starts a kubelet; resolves when its node is registered and its pods are being looked after. */
export async function startKubelet({
  config,
  client,
  log,
  signal,
  clock = systemClock,
  connect = connectRuntime,
  access,
}: KubeletOptions): Promise<Kubelet> {
  // Every watch ends with this signal; there are as many as objects that pods refer to.
  setMaxListeners(0, signal);
  const { nodeName } = config;
  const dirs = new PodDirs(config.rootDir);
  mkdirSync(dirs.root, { recursive: true });

  const recorder = new EventRecorder({ client, component: 'kubelet', host: nodeName, log, clock });
  const events: PodEvents = ({ pod, container, type, reason, message }) =>
    recorder.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, type, reason, message, container && containerField(pod, container));

  const ownNode = new Informer<Node>({ client, kind: nodeKind, fieldSelector: `metadata.name=${nodeName}`, log });
  // Only the built-in network needs them, and a role that says so: upstream's nodes see no other.
  const neighbours = new Informer<Node>({ client, kind: nodeKind, transform: slimNode, log });
  const services = new Informer<Service>({ client, kind: serviceKind, log });
  const pods = new Informer<Pod>({ client, kind: podKind, fieldSelector: `spec.nodeName=${nodeName}`, log });

  const clusterNetwork = new ClusterNetwork({ nodeName, nodes: () => (neighbours.hasSynced ? neighbours.list() : undefined), log });
  const network = new PodNetwork({
    confDir: config.cniConfDir,
    binDirs: config.cniBinDirs,
    stateDir: join(config.rootDir, 'network'),
    prepare: (cidr) => clusterNetwork.prepare(cidr),
  });
  const { runtime, images, streams }: RuntimeConnection = await connect({
    endpoint: config.runtimeEndpoint,
    dockerSocket: config.dockerSocket,
    pauseImage: config.pauseImage,
    network,
  });

  const machine = readMachine();
  const agent = new NodeAgent({
    client,
    clock,
    log,
    frequency: config.nodeStatusFrequency,
    event: (node, type, reason, message) => recorder.event({ ...node, apiVersion: 'v1', kind: 'Node' }, type, reason, message),
    source: {
      nodeName,
      nodeIps: config.nodeIps,
      machine,
      maxPods: config.maxPods,
      rootDir: config.rootDir,
      port: config.server.port,
      health: new RuntimeHealth({ runtime, clock }),
      runtime,
      images,
    },
  });
  const node: NodeFacts = {
    hostIps: config.nodeIps,
    dns: { clusterDns: config.clusterDns, clusterDomain: config.clusterDomain, host: parseResolvConf(readIfSet(config.resolvConf)) },
    runtimeName: config.runtimeEndpoint === '' ? 'docker' : (await runtime.version({})).runtimeName,
    memory: machine.memory,
    allocatable: () => agent.allocatable,
    services: () => services.list(),
  };

  const changes = new ChangeListeners();
  const poke = (uid: string): void => {
    manager.poke(uid);
    changes.tell(uid);
  };
  const cache = new RuntimeCache(runtime, poke);
  const objects = new ObjectWatches({ client, log, signal, changed: (uid) => void refreshVolumes(uid) });
  const tokens = new ServiceAccountTokens({
    clock,
    request: (pod, audiences, seconds) => podToken(client, pod, audiences, seconds),
    due: (pod) => void refreshVolumes(pod.metadata.uid ?? ''),
  });
  const addresses = (pod: Pod) => ({
    podIps: pod.spec.hostNetwork ? config.nodeIps : [cache.pod(pod.metadata.uid ?? '')?.sandboxes[0]?.network?.ip ?? ''],
    hostIps: config.nodeIps,
  });
  const volumes = new PodVolumes(dirs, {
    objects,
    claim: (namespace, name) => client.resource(persistentVolumeClaimKind).get({ namespace, name }),
    volume: (name) => client.resource(persistentVolumeKind).get({ name }),
    token: (pod, projection) => tokens.get(pod, projection),
    addresses,
    allocatable: node.allocatable,
  });
  const prober = new Prober({
    clock,
    run: probeRunner(runtime),
    changed: poke,
    unhealthy: (pod, container, message) => events({ pod, container, type: 'Warning', reason: 'Unhealthy', message }),
  });
  const puller = new ImagePuller({
    images,
    clock,
    event: (pod, container, type, reason, message) => events({ pod, container, type, reason, message }),
    secrets: (pod) => pullSecrets(objects, pod),
  });
  const hooks = new Hooks(runtime, clock);
  const writer = new StatusWriter({
    clock,
    log,
    patch: ({ metadata }, status) =>
      client
        .resource(podKind)
        .patch(
          { namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
          { type: 'strategic', subresource: 'status', body: { metadata: { uid: metadata.uid }, status } },
        ),
  });
  const messages = new TerminationMessages();
  const backoff = new KeyedBackoff(clock);
  const reporter = new PodReporter({ cache, prober, writer, messages, node, clock });
  const manager = new PodManager({
    dirs,
    log,
    changed: (pod, before) => {
      objects.use(pod);
      if (before && shown(before) !== shown(pod)) void refreshVolumes(pod.metadata.uid ?? '');
    },
    forgotten: (uid) => {
      objects.release(uid);
      tokens.forget(uid);
      puller.forget(uid);
      backoff.forget(`${uid}/`);
    },
    worker: {
      unsafeSysctls: config.unsafeSysctls,
      runtime,
      cache,
      reporter,
      prober,
      writer,
      messages,
      volumes,
      events,
      clock,
      log,
      starter: new PodStarter({ runtime, cache, images: puller, volumes, objects, hooks, dirs, node, events, backoff, clock }),
      killer: new PodKiller({ runtime, hooks, events, clock, log }),
      deleteFromApi: (pod) => deletePod(client, pod),
    },
  });

  async function refreshVolumes(uid: string): Promise<void> {
    const pod = manager.pods().find((p) => p.metadata.uid === uid);
    if (!pod || !cache.pod(uid)) return manager.poke(uid);
    try {
      await volumes.prepare(pod);
    } catch (error) {
      events({ pod, type: 'Warning', reason: 'FailedMount', message: (error as Error).message });
    }
    manager.poke(uid);
  }

  const usePodCidr = (cidr: string): void => {
    if (cidr === '' || cidr === network.podCidr) return;
    void runtime.updateRuntimeConfig({ runtimeConfig: { networkConfig: { podCidr: cidr } } }).then(() => {
      if (network.isBuiltIn) followNeighbours(cidr);
      agent.poke();
      manager.pokeAll();
    });
  };
  const watchWith = (informer: { run(signal: AbortSignal): Promise<void> }): void =>
    void informer.run(signal).catch((error: unknown) => log.error({ err: error }, 'an informer has ended'));
  let knowsNeighbours = false;
  const followNeighbours = (cidr: string): void => {
    clusterNetwork.follow(cidr);
    if (knowsNeighbours) return;
    knowsNeighbours = true;
    const changed = (): void => clusterNetwork.nodesChanged();
    neighbours.addHandler({ added: changed, updated: changed, deleted: changed });
    watchWith(neighbours);
    void neighbours.synced.then(changed);
  };
  usePodCidr(config.podCidr);
  const onNode = (node: Node): void => {
    agent.observe(node);
    if (config.podCidr === '') usePodCidr(node.spec?.podCIDR ?? '');
  };
  ownNode.addHandler({ added: onNode, updated: onNode });
  pods.addHandler({ added: (pod) => manager.set(pod), updated: (pod) => manager.set(pod), deleted: (pod) => manager.delete(pod) });

  const metrics = kubeletMetrics({ nodeName, cache, pods: () => manager.pods() });
  const served = {
    pod: (namespace: string, name: string) => manager.get(namespace, name),
    cache,
    onChange: (uid: string, listener: () => void) => changes.add(uid, listener),
  };
  const port = await serveKubelet({
    ...config.server,
    access: access ?? apiAccess({ client, nodeName, clock }),
    streams,
    container: servedContainers(served),
    sandbox: servedSandboxes(served),
    pods: () => manager.pods().map((pod) => ({ ...reporter.withOwnStatus(pod), apiVersion: 'v1', kind: 'Pod' })),
    metrics,
    resourceMetrics: resourceMetrics({ runtime, cache, log }),
    log,
    signal,
  });
  const listed = followRuntime({ runtime, cache, changed: () => agent.poke(), clock, log, signal });
  for (const informer of [ownNode, services, pods]) watchWith(informer);
  const { metadata } = await agent.register(signal);
  void agent.run(signal);
  void renewNodeLease({ client, nodeName, nodeUid: metadata.uid ?? '', clock, log }, signal);
  await Promise.all([listed, pods.synced, services.synced]);
  await manager.start();
  log.info({ node: nodeName, port, pods: manager.pods().length }, 'kubelet is running');
  return {
    port,
    metrics,
  };
}

class ChangeListeners {
  readonly #listeners = new Map<string, Set<() => void>>();

  add(uid: string, listener: () => void): () => void {
    const set = this.#listeners.get(uid) ?? new Set();
    this.#listeners.set(uid, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) this.#listeners.delete(uid);
    };
  }

  tell(uid: string): void {
    for (const listener of this.#listeners.get(uid) ?? []) listener();
  }
}

/** What of a pod its downwardAPI volumes may show, and may change. */
const shown = ({ metadata: { labels, annotations }, spec }: Pod): string =>
  JSON.stringify([labels, annotations, spec.containers.map((c) => c.resources)]);

/** Other nodes are kept for their addresses and ranges only. */
function slimNode({ metadata, spec, status }: Node): Node {
  return {
    metadata,
    spec: { ...(spec?.podCIDR !== undefined && { podCIDR: spec.podCIDR }) },
    status: { addresses: status?.addresses ?? [] },
  };
}

async function deletePod(client: Client, { metadata }: Pod): Promise<void> {
  await ifUnchanged(
    client
      .resource(podKind)
      .delete(
        { namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
        { gracePeriodSeconds: 0, preconditions: { ...(metadata.uid !== undefined && { uid: metadata.uid }) } },
      ),
  );
}

function podToken(client: Client, { metadata, spec }: Pod, audiences: string[], expirationSeconds: number): Promise<TokenRequestStatus> {
  const { namespace = '', name = '', uid = '' } = metadata;
  const account = { namespace, name: spec.serviceAccountName || 'default' };
  return requestToken(client, account, { audiences, expirationSeconds, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } });
}

/** Those that exist: a missing one is no error, the pull will tell. */
async function pullSecrets(objects: ObjectWatches, { metadata, spec }: Pod): Promise<Secret[]> {
  const found = await Promise.all(
    (spec.imagePullSecrets ?? []).map(({ name = '' }) => ifFound(objects.secret(metadata.namespace ?? '', name))),
  );
  return found.filter((secret) => secret !== undefined);
}

function readIfSet(file: string): string {
  return file === '' ? '' : readFileSync(file, 'utf8');
}
