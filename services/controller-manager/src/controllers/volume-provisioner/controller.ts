/**
 * The built-in provisioners: directories on the node of the claim's first pod, and directories of an NFS server. To the binder they are
 * like any other provisioner: they see that a claim names them, make a volume, and delete it when its claim has gone.
 */
import {
  type Node,
  nodeKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  type StorageClass,
  selectedNodeAnnotation,
  storageClassKind,
  storageClassOf,
  waitsForConsumer,
} from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound, isStatus, objectKey } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { isTerminal } from '../../pods/pod-state.ts';
import { provisionedByAnnotation, provisionerAnnotation } from '../../volumes/annotations.ts';
import { HelperFailed, HelperPods, hasRun, helperIndexers } from '../../volumes/helper-pods.ts';
import { ForeignDirectory, hostname, hostOf, type Provisioner, provisioners, UnusableClass } from './provisioners.ts';

const nameIn = (key: string): string => key.slice(key.indexOf('/') + 1);
const claimKey = (key: string): string => `provision/${key}`;
const volumeKey = (name: string): string => `delete/${name}`;

/** Seconds a helper pod may take. */
const activeDeadlineSeconds = 120;
/** The volume to be, with the pod that makes its directory: nothing else is needed to go on, whoever has gone meanwhile. */
const volumeAnnotation = 't8s.local/volume';
/** Keeps a volume that is to be deleted until its directory has been: KEP-2644, where provisioners outside the tree have the name from. */
const deletionFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';

export function volumeProvisioner(
  { client, informers, events, clock, log }: ControllerContext,
  { helperImage, directory }: { helperImage: string; directory: string },
): Controller {
  const claims = informers.informer(persistentVolumeClaimKind);
  const volumes = informers.informer(persistentVolumeKind, {
    indexers: { host: (volume: PersistentVolume) => [hostOf(volume) ?? ''] },
  });
  const classes = informers.informer(storageClassKind);
  const pods = informers.informer(podKind);
  const nodes = informers.informer(nodeKind, { indexers: { host: (node: Node) => [hostnameOf(node)] } });
  const recorder = events('volume-provisioner');
  const helpers = new HelperPods({
    client,
    informers,
    image: helperImage,
    clock,
    retry: (key, ms) => controller.enqueueAfter(key, ms),
    heard(key, { type, message = '' }) {
      const name = nameIn(key);
      const [claim, volume] = key.startsWith('delete/') ? [undefined, volumes.get(name)] : [claims.get(name), undefined];
      if (type === 'Warning' && claim) provisioningFailed(claim, message);
      if (type === 'Warning' && volume) deletionFailed(volume, message);
    },
  });
  const known = provisioners(directory);
  const controller = new Controller({
    name: 'volume-provisioner',
    informers: [claims, volumes, classes, nodes, ...helpers.informers],
    reconcile,
    workers: 4,
    log,
    clock,
  });
  controller.watch(claims, (claim) => [claimKey(objectKey(claim))]);
  controller.watch(volumes, ({ metadata }) => [volumeKey(metadata.name ?? '')]);
  controller.watch(pods, (pod) => helperIndexers.subject(pod).filter((subject) => !subject.startsWith('volume/')));
  // What could not be deleted without its node.
  nodes.addHandler({
    added: (node) =>
      volumes.byIndex('host', hostnameOf(node)).forEach(({ metadata }) => void controller.enqueue(volumeKey(metadata.name ?? ''))),
  });
  return controller;

  async function reconcile(key: string): Promise<void> {
    const name = nameIn(key);
    if (key.startsWith('delete/')) {
      const volume = volumes.get(name);
      return volume ? settle(volume) : helpers.forget(key);
    }
    const claim = claims.get(name);
    const isWanted = claim !== undefined && isOpen(claim);
    const own = isWanted ? makerOf(claim) : undefined;
    const makers = helpers.of(key);
    for (const pod of makers) if (pod.metadata.name !== own || pod.status?.phase === 'Succeeded') await finish(pod);
    if (!isWanted) return makers.length === 0 ? helpers.forget(key) : undefined;
    // Whoever made the claim wrote its annotations, too: the class decides.
    const provisioner = known.get(claim.metadata.annotations?.[provisionerAnnotation] ?? '');
    const storageClass = classes.get(storageClassOf(claim));
    if (!provisioner || storageClass?.provisioner !== provisioner.name) return;
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation];
    if (waitsForConsumer(storageClass) && selected === undefined) return;
    await provision({ claim, storageClass, provisioner, selected });
  }

  async function provision({ claim, storageClass, provisioner, selected }: Order): Promise<void> {
    const subject = claimKey(objectKey(claim));
    const name = volumeNameOf(claim);
    const node = selected === undefined ? undefined : nodes.get(selected);
    if (selected !== undefined && !node) {
      recorder.event(claim, 'Warning', 'ProvisioningFailed', `node "${selected}" not found`);
      return reschedule(claim);
    }
    try {
      const made = provisioner.make({ name, claim, storageClass, ...(node && { node: { name: selected ?? '', host: hostnameOf(node) } }) });
      const volume = volumeFor({ claim, storageClass, provisioner }, made.spec);
      await helpers.run({
        ...made.prepare,
        name: makerOf(claim),
        subject,
        activeDeadlineSeconds,
        annotations: { [volumeAnnotation]: JSON.stringify(volume) },
        isNeeded: async () => (await readVolume(name)) === undefined && (await isStillOpen(claim)),
        started: () =>
          recorder.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${objectKey(claim)}"`),
      });
    } catch (error) {
      provisioningFailed(claim, (error as Error).message);
      if (!(error instanceof HelperFailed) && !(error instanceof UnusableClass)) throw error;
    }
  }

  /**
   * The pod has made its directory, or its claim wants none any more: what was, or may have been, made becomes a volume all the same,
   * to be reclaimed as any other.
   */
  async function finish(pod: Pod): Promise<void> {
    if (!isTerminal(pod)) return helpers.recall(pod);
    return hasRun(pod) || pod.status?.phase === 'Succeeded' ? keep(pod) : helpers.remove(pod);
  }

  /** Makes a volume of the directory that the pod has made. */
  async function keep(maker: Pod): Promise<void> {
    const volume = JSON.parse(maker.metadata.annotations?.[volumeAnnotation] ?? '') as PersistentVolume;
    try {
      await client.resource(persistentVolumeKind).create(volume);
      const { namespace, name, uid } = volume.spec.claimRef ?? {};
      const claim = claims.get(`${namespace}/${name}`);
      if (claim && claim.metadata.uid === uid)
        recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`);
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
    await helpers.remove(maker);
  }

  /** The scheduler chooses another node. */
  async function reschedule(claim: PersistentVolumeClaim): Promise<void> {
    const { [selectedNodeAnnotation]: _, ...annotations } = claim.metadata.annotations ?? {};
    await ifFound(client.resource(persistentVolumeClaimKind).update({ ...claim, metadata: { ...claim.metadata, annotations } }));
  }

  /** Volumes of ours: protected while they are to be deleted, and deleted when their claim has gone. */
  async function settle(volume: PersistentVolume): Promise<void> {
    const { name = '', annotations, finalizers, deletionTimestamp } = volume.metadata;
    const provisioner = known.get(annotations?.[provisionedByAnnotation] ?? '');
    if (!provisioner) return;
    if (isCondemned(volume)) return remove(volume, provisioner);
    await helpers.forget(volumeKey(name));
    const isProtected = finalizers?.includes(deletionFinalizer) ?? false;
    const isToDelete = volume.spec.persistentVolumeReclaimPolicy === 'Delete';
    if (isProtected && !isToDelete) await unprotect(volume);
    if (!isProtected && isToDelete && !deletionTimestamp && volume.status?.phase === 'Bound') await protect(volume);
  }

  async function remove(volume: PersistentVolume, provisioner: Provisioner): Promise<void> {
    const { name = '', uid = '', deletionTimestamp } = volume.metadata;
    const host = hostOf(volume);
    const [node] = host === undefined ? [] : nodes.byIndex('host', host);
    if (host !== undefined && !node)
      return deletionFailed(
        volume,
        `node "${host}" not found: the directory can be deleted when it is back; the reclaim policy Retain gives it up`,
      );
    const isNeeded = async (): Promise<boolean> => {
      const now = await readVolume(name);
      return now?.metadata.uid === uid && isCondemned(now);
    };
    try {
      const work = { ...provisioner.remove(volume), ...(node && { node: node.metadata.name ?? '' }) };
      const task = { ...work, name: `delete-${name}`, subject: volumeKey(name), activeDeadlineSeconds, isNeeded };
      if (!(await helpers.run(task))) return;
      if (volume.metadata.finalizers?.includes(deletionFinalizer)) await unprotect(volume);
      if (!deletionTimestamp) await ifFound(client.resource(persistentVolumeKind).delete({ name }, { preconditions: { uid } }));
    } catch (error) {
      if (isStatus(error, 'Conflict')) throw error;
      deletionFailed(volume, (error as Error).message);
      if (!(error instanceof HelperFailed) && !(error instanceof ForeignDirectory)) throw error;
    }
  }

  function provisioningFailed(claim: PersistentVolumeClaim, why: string): void {
    recorder.event(
      claim,
      'Warning',
      'ProvisioningFailed',
      `failed to provision volume with StorageClass "${storageClassOf(claim)}": ${why}`,
    );
  }

  function deletionFailed(volume: PersistentVolume, why: string): void {
    recorder.event(volume, 'Warning', 'VolumeFailedDelete', why);
  }

  async function protect(volume: PersistentVolume): Promise<void> {
    await setFinalizers(volume, [...(volume.metadata.finalizers ?? []), deletionFinalizer]);
  }

  async function unprotect(volume: PersistentVolume): Promise<void> {
    await setFinalizers(volume, volume.metadata.finalizers?.filter((one) => one !== deletionFinalizer) ?? []);
  }

  async function setFinalizers(volume: PersistentVolume, finalizers: string[]): Promise<void> {
    await ifFound(client.resource(persistentVolumeKind).update({ ...volume, metadata: { ...volume.metadata, finalizers } }));
  }

  function readVolume(name: string): Promise<PersistentVolume | undefined> {
    return ifFound(client.resource(persistentVolumeKind).get({ name }));
  }

  async function isStillOpen({ metadata: { namespace = '', name = '', uid } }: PersistentVolumeClaim): Promise<boolean> {
    const claim = await ifFound(client.resource(persistentVolumeClaimKind).get({ namespace, name }));
    return claim !== undefined && claim.metadata.uid === uid && isOpen(claim);
  }
}

/** Nobody has it any more, or it is deleted by hand and nobody's; and what was to be done first has not been done. */
function isCondemned({ metadata: { deletionTimestamp, finalizers }, spec, status }: PersistentVolume): boolean {
  if (spec.persistentVolumeReclaimPolicy !== 'Delete') return false;
  if (deletionTimestamp === undefined) return status?.phase === 'Released';
  return (status?.phase === 'Released' || status?.phase === 'Available') && (finalizers?.includes(deletionFinalizer) ?? false);
}

/** It still wants a volume. */
const isOpen = ({ metadata, spec }: PersistentVolumeClaim): boolean => !metadata.deletionTimestamp && !spec.volumeName;

const volumeNameOf = ({ metadata }: PersistentVolumeClaim): string => `pvc-${metadata.uid}`;
const makerOf = (claim: PersistentVolumeClaim): string => `create-${volumeNameOf(claim)}`;
const hostnameOf = ({ metadata }: Node): string => metadata.labels?.[hostname] ?? metadata.name ?? '';

interface Order {
  claim: PersistentVolumeClaim;
  storageClass: StorageClass;
  provisioner: Provisioner;
  /** The name of the node that the scheduler has chosen. */
  selected: string | undefined;
}

function volumeFor(
  { claim, storageClass, provisioner }: Omit<Order, 'selected'>,
  source: Partial<PersistentVolume['spec']>,
): PersistentVolume {
  const { uid, namespace, name, resourceVersion } = claim.metadata;
  const reclaimPolicy = storageClass.reclaimPolicy ?? 'Delete';
  return {
    metadata: {
      name: volumeNameOf(claim),
      annotations: { [provisionedByAnnotation]: provisioner.name },
      ...(reclaimPolicy === 'Delete' && { finalizers: [deletionFinalizer] }),
    },
    spec: {
      ...source,
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      accessModes: claim.spec.accessModes ?? [],
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: 'Filesystem',
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion },
    },
  };
}
