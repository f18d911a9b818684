/**
 * Pods with claims go where their volumes are, or can be: claims that wait for their first pod are bound, or provisioned, once its node
 * is chosen (https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode).
 */
import { isBound, isReachable, type PersistentVolume, type PersistentVolumeClaim, waitsForConsumer } from '@t8s/api';
import type { Fields } from '../../config/fields.ts';
import { ifLabelsChange, ifOwnChanges } from '../../framework/cluster-event.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PluginContext } from '../../framework/plugin-context.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { type UsedClaim, volumeView } from '../../volumes/volume-view.ts';
import { Assumptions } from './assumptions.ts';
import { bindVolumes } from './bind-volumes.ts';
import { type Decision, decide } from './decide.ts';

export interface VolumeBindingArgs {
  /** How long volumes may take to be bound. Milliseconds. */
  bindTimeout: number;
}

export function readVolumeBindingArgs(fields: Fields): VolumeBindingArgs {
  return { bindTimeout: fields.integer('bindTimeoutSeconds', 600, { min: 0 }) * 1000 };
}

const reject = (...reasons: string[]): Rejection => ({ code: 'UnschedulableAndUnresolvable', reasons });
const notReachable = reject("node(s) didn't match PersistentVolume's node affinity");
const noVolume = reject("node(s) didn't find available persistent volumes to bind");
const lostVolume = reject('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
/** The same, and nothing to bind: made once, as what says no to many nodes is told apart by identity. */
const norVolume = new Map([notReachable, lostVolume].map((one) => [one, reject(...one.reasons, ...noVolume.reasons)]));
const unboundImmediate = reject('pod has unbound immediate PersistentVolumeClaims');

interface State {
  bound: readonly (PersistentVolume | undefined)[];
  /** Those that wait for this pod. */
  waiting: readonly PersistentVolumeClaim[];
}

export function volumeBinding(context: PluginContext, { bindTimeout }: VolumeBindingArgs): Plugin<State> {
  const view = volumeView(context);
  const { cache } = context;
  const assumed = new Assumptions();
  /** What reserve decided, by pod uid. */
  const decisions = new Map<string, Decision>();

  const rejectionOf = (info: PodInfo, { key, name, isEphemeral }: UsedClaim): Rejection | undefined => {
    const claim = view.claims.get(key);
    if (!claim && isEphemeral)
      return reject(`waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}`);
    if (!claim) return reject(`persistentvolumeclaim ${JSON.stringify(name)} not found`);
    if (claim.status?.phase === 'Lost')
      return reject(
        `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`,
      );
    if (claim.metadata.deletionTimestamp) return reject(`persistentvolumeclaim ${JSON.stringify(name)} is being deleted`);
    if (isEphemeral && !claim.metadata.ownerReferences?.some(({ uid }) => uid === info.uid))
      return reject(`PVC ${key} was not created for pod ${info.key} (pod is not owner)`);
    const storageClass = view.classOf(claim);
    const isWaiting = storageClass !== undefined && waitsForConsumer(storageClass) && (claim.spec.volumeName ?? '') === '';
    return isBound(claim) || isWaiting ? undefined : unboundImmediate;
  };

  const stateOf = (info: PodInfo): State => {
    const claims = view.claimsOf(info).flatMap(({ key }) => view.claims.get(key) ?? []);
    return { bound: claims.filter(isBound).map(view.boundVolume), waiting: claims.filter((claim) => !isBound(claim)) };
  };

  return {
    name: 'VolumeBinding',
    hints: {
      Node: ifLabelsChange,
      PersistentVolume: (_, { now }) => now !== undefined,
      StorageClass: (_, { now, old }) =>
        now !== undefined && (!old || JSON.stringify(now.allowedTopologies) !== JSON.stringify(old.allowedTopologies)),
      PersistentVolumeClaim: view.isUsed,
      UnschedulablePod: ifOwnChanges(({ spec }) => spec.volumes),
    },
    sign: (info) => view.claimsOf(info).map(({ key }) => key),

    preFilter(info) {
      const claims = view.claimsOf(info);
      if (claims.length === 0) return { skip: true };
      for (const claim of claims) {
        const rejection = rejectionOf(info, claim);
        if (rejection) return { rejection };
      }
      return { state: stateOf(info) };
    },

    filter(_, { node }, { bound, waiting }) {
      if (!node) return notReachable;
      const wrong = bound.findIndex((volume) => !volume || !isReachable(volume, node));
      const rejection = wrong === -1 ? undefined : bound[wrong] ? notReachable : lostVolume;
      if (waiting.length === 0 || decide({ claims: waiting, node, view, assumed })) return rejection;
      return rejection ? norVolume.get(rejection) : noVolume;
    },

    reserve(info, nodeName) {
      const node = cache.node(nodeName)?.node;
      const { waiting } = stateOf(info);
      if (waiting.length === 0) return undefined;
      const decision = node && decide({ claims: waiting, node, view, assumed });
      if (!decision) return noVolume;
      decisions.set(info.uid, decision);
      assumed.add(decision);
      // What others were told of these volumes is no longer so.
      cache.surroundingsChanged();
      return undefined;
    },

    unreserve(info) {
      const decision = decisions.get(info.uid);
      if (!decision) return;
      decisions.delete(info.uid);
      assumed.remove(decision);
      cache.surroundingsChanged();
    },

    async preBind(info, nodeName, signal) {
      const decision = decisions.get(info.uid);
      if (!decision) return undefined;
      await bindVolumes({ decision, nodeName, view, context, signal, timeout: bindTimeout });
      return undefined;
    },

    postBind(info) {
      const decision = decisions.get(info.uid);
      decisions.delete(info.uid);
      if (decision) assumed.remove(decision);
    },
  };
}
