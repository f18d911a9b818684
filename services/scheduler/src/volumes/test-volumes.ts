/** Claims and volumes for the tests of plugins that look at them. */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  type StorageClass,
  storageClassKind,
} from '@t8s/api';
import { systemClock } from '@t8s/async';
import { InformerSet } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { Cache } from '../cache/cache.ts';
import { Requests } from '../cycle/requests.ts';
import type { ClusterEvent } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { type TestNode, testNode, testPlugin, testPodInfo, verdictText } from '../test-objects.ts';

export interface VolumeWorld {
  classes?: StorageClass[];
  volumes?: PersistentVolume[];
  claims?: PersistentVolumeClaim[];
  nodes?: TestNode[];
}

export interface VolumeTest {
  plugin: Plugin;
  client: FakeClient;
  cache: Cache;
  events: ClusterEvent[];
  /** What preFilter and then filter say of each node. */
  verdicts(info: PodInfo): string[];
  stop(): void;
}

/** A plugin that knows of these objects, and of what becomes of them. */
export async function startVolumePlugin(
  name: string,
  { classes = [], volumes = [], claims = [], nodes = [{}] }: VolumeWorld,
): Promise<VolumeTest> {
  const client = new FakeClient();
  for (const one of classes) await client.resource(storageClassKind).create(one);
  for (const one of volumes) await client.resource(persistentVolumeKind).create(one);
  for (const one of claims) await client.resource(persistentVolumeClaimKind).create(one);
  const informers = new InformerSet({ client, log: silentLogger });
  const cache = new Cache();
  for (const node of nodes) cache.setNode(testNode(node));
  const events: ClusterEvent[] = [];
  const requests = new Requests(() => undefined);
  const plugin = testPlugin(
    name,
    {},
    { client, informers, cache, requests, clock: systemClock, changed: (event) => void events.push(event) },
  );
  const abort = new AbortController();
  void informers.run(abort.signal);
  await informers.synced();
  const verdicts = (info: PodInfo): string[] => {
    const result = plugin.preFilter?.(info, cache);
    if (!result || 'skip' in result) return ['skip'];
    if ('rejection' in result) return [verdictText(result.rejection)];
    plugin.beforeFilter?.(result.state, cache);
    return cache.nodes.map((node) => verdictText(plugin.filter?.(info, node, result.state)));
  };
  return { plugin, client, cache, events, verdicts, stop: () => abort.abort() };
}

export const storageClass = (name: string, more: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name },
  provisioner: 'p',
  ...more,
});

export const volume = (name: string, spec: Partial<PersistentVolume['spec']> = {}, labels?: Record<string, string>): PersistentVolume => ({
  metadata: { name, ...(labels && { labels }) },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
  status: { phase: 'Available' },
});

/** Bound where it names a volume. */
export const claim = (name: string, spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim => ({
  metadata: {
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    ...(spec.volumeName && { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }),
  },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

/** A pod that uses these claims. */
export const userOf = (...claims: string[]): PodInfo =>
  testPodInfo({
    name: `of-${claims.join('-')}`,
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  });

/** Usable on these nodes only. */
export const onNodes = (...values: string[]): PersistentVolume['spec']['nodeAffinity'] => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }] },
});
