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
  const open = new Map(claims.map((claim) => [objectKey(claim), claim]));
  let stop = (): void => undefined;
  const done = new Promise<void>((resolve, reject) => {
    const look = (now: PersistentVolumeClaim): void => {
      const key = objectKey(now);
      const claim = open.get(key);
      if (!claim) return;
      const chosen = now.metadata.annotations?.[selectedNodeAnnotation];
      if (now.metadata.uid !== claim.metadata.uid) reject(new Error(`binding volumes: PVC ${JSON.stringify(key)} was replaced`));
      else if (isBound(now)) {
        const volume = view.boundVolume(now);
        const node = cache.node(nodeName)?.node;
        if (volume && node && !isReachable(volume, node))
          reject(
            new Error(`binding volumes: pv ${JSON.stringify(volume.metadata.name)} can't be used on node ${JSON.stringify(nodeName)}`),
          );
        open.delete(key);
      } else if (wasChosen.has(key) && chosen !== nodeName)
        reject(new Error(`binding volumes: provisioning failed for PVC ${JSON.stringify(now.metadata.name)}`));
      else if (chosen === nodeName) wasChosen.add(key);
      if (open.size === 0) resolve();
    };
    const wasChosen = new Set<string>();
    const removed = view.claims.addHandler({
      added: look,
      updated: look,
      deleted: (claim) =>
        open.has(objectKey(claim)) && reject(new Error(`binding volumes: PVC ${JSON.stringify(objectKey(claim))} was deleted`)),
    });
    const cancel = clock.after(timeout, () => reject(new Error('binding volumes: context deadline exceeded')));
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    for (const key of open.keys()) if (!view.claims.get(key)) reject(new Error(`binding volumes: PVC ${JSON.stringify(key)} is gone`));
    stop = () => {
      removed();
      cancel();
      signal.removeEventListener('abort', aborted);
    };
  });
  // Whoever stops early need not hear of it.
  done.catch(() => undefined);
  return { done, stop: () => stop() };
}
