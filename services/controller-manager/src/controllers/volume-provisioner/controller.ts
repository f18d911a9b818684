/**
 * The built-in provisioners: directories on the node of the claim's first pod, and directories of an NFS server. To the binder they are
 * like any other provisioner: they see that a claim names them, make a volume, and delete it when its claim has gone.
 */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
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
import { provisionedByAnnotation, provisionerAnnotation } from '../../volumes/annotations.ts';
import { HelperFailed, HelperPods, helperIndexers } from '../../volumes/helper-pods.ts';
import { ForeignDirectory, type Provisioner, provisioners, UnusableClass } from './provisioners.ts';

const claimKey = (key: string): string => `provision/${key}`;
const volumeKey = (name: string): string => `delete/${name}`;

/** Seconds a helper pod may take. */
const activeDeadlineSeconds = 120;

export function volumeProvisioner(
  { client, informers, events, clock, log }: ControllerContext,
  { helperImage, directory }: { helperImage: string; directory: string },
): Controller {
  const claims = informers.informer(persistentVolumeClaimKind);
  const volumes = informers.informer(persistentVolumeKind);
  const classes = informers.informer(storageClassKind);
  const pods = informers.informer(podKind, { indexers: helperIndexers });
  const recorder = events('volume-provisioner');
  const helpers = new HelperPods({ client, pods, image: helperImage });
  const known = provisioners(directory);
  const controller = new Controller({
    name: 'volume-provisioner',
    informers: [claims, volumes, classes, pods],
    reconcile,
    workers: 4,
    log,
    clock,
  });
  controller.watch(claims, (claim) => [claimKey(objectKey(claim))]);
  controller.watch(volumes, ({ metadata }) => [volumeKey(metadata.name ?? '')]);
  controller.watch(pods, (pod) => helperIndexers.subject(pod).filter((subject) => !subject.startsWith('volume/')));
  return controller;

  async function reconcile(key: string): Promise<void> {
    const name = key.slice(key.indexOf('/') + 1);
    if (key.startsWith('delete/')) {
      const volume = volumes.get(name);
      return volume ? remove(volume) : helpers.forget(key);
    }
    const claim = claims.get(name);
    const provisioner = known.get(claim?.metadata.annotations?.[provisionerAnnotation] ?? '');
    const storageClass = claim && classes.get(storageClassOf(claim));
    if (!claim || claim.metadata.deletionTimestamp || claim.spec.volumeName) return helpers.forget(key);
    // Whoever made the claim wrote its annotations, too: the class decides.
    if (!provisioner || storageClass?.provisioner !== provisioner.name) return;
    const node = claim.metadata.annotations?.[selectedNodeAnnotation];
    if (waitsForConsumer(storageClass) && node === undefined) return;
    await provision({ claim, storageClass, provisioner, ...(node !== undefined && { node }) });
  }

  async function provision({ claim, storageClass, provisioner, node }: Order): Promise<void> {
    const name = `pvc-${claim.metadata.uid}`;
    if (volumes.get(name)) return helpers.forget(claimKey(objectKey(claim)));
    try {
      const made = provisioner.make({ name, claim, storageClass, ...(node !== undefined && { node }) });
      const isNeeded = async (): Promise<boolean> => (await read(name)) === undefined;
      const task = { ...made.prepare, name: `create-${name}`, subject: claimKey(objectKey(claim)), activeDeadlineSeconds, isNeeded };
      if (!(await helpers.run(task))) return;
      await client.resource(persistentVolumeKind).create(volumeFor({ claim, storageClass, provisioner }, name, made.spec));
      await helpers.forget(task.subject);
    } catch (error) {
      if (isStatus(error, 'AlreadyExists')) return;
      if (!(error instanceof HelperFailed) && !(error instanceof UnusableClass)) throw error;
      recorder.event(
        claim,
        'Warning',
        'ProvisioningFailed',
        `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error.message}`,
      );
      if (error instanceof HelperFailed) throw error;
      return;
    }
    recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
  }

  /** Volumes of ours whose claim has gone, and that are not to be kept. */
  async function remove(volume: PersistentVolume): Promise<void> {
    const { metadata, spec, status } = volume;
    const { name = '', uid = '' } = metadata;
    const provisioner = known.get(metadata.annotations?.[provisionedByAnnotation] ?? '');
    if (!provisioner || metadata.deletionTimestamp || status?.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete')
      return;
    const isNeeded = async (): Promise<boolean> => (await read(name))?.status?.phase === 'Released';
    try {
      const work = provisioner.remove(volume);
      const task = { ...work, name: `delete-${name}`, subject: volumeKey(name), activeDeadlineSeconds, isNeeded };
      if (!(await helpers.run(task))) return;
      await client.resource(persistentVolumeKind).delete({ name }, { preconditions: { uid } });
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return;
      if (error instanceof HelperFailed || error instanceof ForeignDirectory)
        recorder.event(volume, 'Warning', 'VolumeFailedDelete', error.message);
      if (error instanceof ForeignDirectory) return;
      throw error;
    }
  }

  function read(name: string): Promise<PersistentVolume | undefined> {
    return ifFound(client.resource(persistentVolumeKind).get({ name }));
  }
}

interface Order {
  claim: PersistentVolumeClaim;
  storageClass: StorageClass;
  provisioner: Provisioner;
  node?: string;
}

function volumeFor({ claim, storageClass, provisioner }: Order, name: string, source: Partial<PersistentVolume['spec']>): PersistentVolume {
  const { uid, namespace, name: claimName, resourceVersion } = claim.metadata;
  return {
    metadata: { name, annotations: { [provisionedByAnnotation]: provisioner.name } },
    spec: {
      ...source,
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      accessModes: claim.spec.accessModes ?? [],
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: 'Filesystem',
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: claimName, uid, resourceVersion },
    },
  };
}
