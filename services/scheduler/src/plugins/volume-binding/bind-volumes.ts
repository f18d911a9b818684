import {
  boundByControllerAnnotation,
  isBound,
  isReachable,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  selectedNodeAnnotation,
} from '@t8s/api';
import { objectKey } from '@t8s/meta';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { VolumeView } from '../../volumes/volume-view.ts';
import type { Decision } from './decide.ts';

export interface Binding {
  decision: Decision;
  nodeName: string;
  view: VolumeView;
  context: PluginContext;
  signal: AbortSignal;
  /** Milliseconds. */
  timeout: number;
}

/** Tells the API what was decided, and resolves when the controller has bound all claims. Throws where that can't come any more. */
export async function bindVolumes({ decision, nodeName, view, context, signal, timeout }: Binding): Promise<void> {
  const { client, requests } = context;
  const claims = [...decision.bindings.map(({ claim }) => claim), ...decision.provisions];
  const bound = allBound(claims, { nodeName, decision, view, context, signal, timeout });
  try {
    for (const { volume, claim } of decision.bindings) {
      signal.throwIfAborted();
      if (volume.spec.claimRef) continue;
      const { namespace, name, uid, resourceVersion } = claim.metadata;
      const annotations = { ...volume.metadata.annotations, [boundByControllerAnnotation]: 'yes' };
      await requests.send(() =>
        client.resource(persistentVolumeKind).update({
          ...volume,
          metadata: { ...volume.metadata, annotations },
          spec: { ...volume.spec, claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion } },
        }),
      );
    }
    for (const claim of decision.provisions) {
      signal.throwIfAborted();
      if (claim.metadata.annotations?.[selectedNodeAnnotation] === nodeName) continue;
      // Against the version that was decided on: another pod may have chosen another node.
      const { namespace = '', name = '', uid, resourceVersion } = claim.metadata;
      const body = { metadata: { uid, resourceVersion, annotations: { [selectedNodeAnnotation]: nodeName } } };
      await requests.send(() => client.resource(persistentVolumeClaimKind).patch({ namespace, name }, { type: 'merge', body }));
    }
    await bound.done;
  } finally {
    bound.stop();
  }
}

/** Follows claims until all are bound, one can't be, or the time is over. */
function allBound(
  claims: readonly PersistentVolumeClaim[],
  { nodeName, view, context: { cache, clock }, signal, timeout }: Binding,
): { done: Promise<void>; stop(): void } {
  const open = new Set(claims.map(objectKey));
  const wasChosen = new Set<string>();
  const ends: (() => void)[] = [];
  const done = new Promise<void>((resolve, reject) => {
    const fail = (says: string): void => reject(new Error(`binding volumes: ${says}`));
    const look = (key: string, uid: string | undefined): void => {
      const now = view.claims.get(key);
      const chosen = now?.metadata.annotations?.[selectedNodeAnnotation];
      if (!now || now.metadata.uid !== uid) fail(`PVC ${JSON.stringify(key)} is gone`);
      else if (isBound(now)) {
        const volume = view.boundVolume(now);
        const node = cache.node(nodeName)?.node;
        if (volume && node && !isReachable(volume, node))
          fail(`pv ${JSON.stringify(volume.metadata.name)} can't be used on node ${JSON.stringify(nodeName)}`);
        open.delete(key);
        if (open.size === 0) resolve();
      } else if (chosen === nodeName) wasChosen.add(key);
      else if (wasChosen.has(key)) fail(`provisioning failed for PVC ${JSON.stringify(now.metadata.name)}`);
    };
    for (const claim of claims) {
      const key = objectKey(claim);
      const again = (): void => look(key, claim.metadata.uid);
      ends.push(view.onClaim(key, again));
      again();
    }
    ends.push(clock.after(timeout, () => fail('context deadline exceeded')));
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    ends.push(() => signal.removeEventListener('abort', aborted));
  });
  // Whoever stops early need not hear of it.
  done.catch(() => undefined);
  return {
    done,
    stop() {
      for (const end of ends) end();
    },
  };
}
