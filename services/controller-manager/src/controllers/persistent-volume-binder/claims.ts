/** A claim looks for its volume. */
import {
  bestVolume,
  bindCompletedAnnotation,
  boundByControllerAnnotation,
  isForClaim,
  mismatch,
  type PersistentVolume,
  type PersistentVolumeClaim,
  selectedNodeAnnotation,
  storageClassOf,
  waitsForConsumer,
} from '@t8s/api';
import { objectKey } from '@t8s/meta';
import { olderProvisionerAnnotation, provisionerAnnotation } from '../../volumes/annotations.ts';
import type { Binder } from './controller.ts';

export async function syncClaim(claim: PersistentVolumeClaim, binder: Binder): Promise<void> {
  if (claim.metadata.annotations?.[bindCompletedAnnotation] !== undefined) return syncBound(claim, binder);
  const { volumeName = '' } = claim.spec;
  return volumeName === '' ? seek(claim, binder) : takeNamed(claim, volumeName, binder);
}

async function seek(claim: PersistentVolumeClaim, binder: Binder): Promise<void> {
  const { volumes, classes, writes, event } = binder;
  const className = storageClassOf(claim);
  const storageClass = className === '' ? undefined : classes.get(className);
  const isAwaited = storageClass !== undefined && waitsForConsumer(storageClass) && !claim.metadata.annotations?.[selectedNodeAnnotation];
  const volume = bestVolume(claim, volumes.list(), { waits: isAwaited });
  if (volume) return writes.bind(volume, claim);
  if (isAwaited) awaited(claim, binder);
  else if (className !== '') return provision(claim, className, binder);
  else event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  await writes.setClaimPhase(claim, 'Pending');
}

function awaited(claim: PersistentVolumeClaim, { event, podsOf }: Binder): void {
  const pods = podsOf(objectKey(claim)).filter(({ spec }) => !spec.nodeName);
  const names = pods.map(({ metadata }) => metadata.name).join(',');
  if (pods.length > 0)
    event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod${pods.length > 1 ? 's' : ''} ${names} to be scheduled`);
  else event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
}

/** Somebody else makes the volume; the claim tells who. */
async function provision(claim: PersistentVolumeClaim, className: string, { classes, writes, event }: Binder): Promise<void> {
  const provisioner = classes.get(className)?.provisioner;
  let current = claim;
  if (provisioner === undefined) {
    event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  } else if (provisioner === 'kubernetes.io/no-provisioner') {
    event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
  } else {
    current = await writes.annotateClaim(claim, { [provisionerAnnotation]: provisioner, [olderProvisionerAnnotation]: provisioner });
    event(
      current,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    );
  }
  await writes.setClaimPhase(current, 'Pending');
}

/** The claim names its volume. */
async function takeNamed(claim: PersistentVolumeClaim, name: string, { volumes, writes, event }: Binder): Promise<void> {
  const volume = volumes.get(name);
  if (!volume) return void (await writes.setClaimPhase(claim, 'Pending'));
  if (volume.spec.claimRef) {
    if (isForClaim(volume, claim)) return writes.bind(volume, claim);
    if (claim.metadata.annotations?.[boundByControllerAnnotation] === undefined) {
      event(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
      return void (await writes.setClaimPhase(claim, 'Pending'));
    }
    throw new Error(`claim ${claim.metadata.namespace}/${claim.metadata.name}: volume ${name} is bound to another claim`);
  }
  const why = mismatch(volume, claim);
  if (why === undefined) return writes.bind(volume, claim);
  event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`);
  await writes.setClaimPhase(claim, 'Pending');
}

async function syncBound(claim: PersistentVolumeClaim, { volumes, writes, event }: Binder): Promise<void> {
  const lost = async (reason: string, message: string): Promise<void> => {
    if (await writes.setClaimPhase(claim, 'Lost')) event(claim, 'Warning', reason, message);
  };
  const { volumeName = '' } = claim.spec;
  if (volumeName === '') return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume: PersistentVolume | undefined = volumes.get(volumeName);
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (!volume.spec.claimRef || volume.spec.claimRef.uid === claim.metadata.uid || isForClaim(volume, claim))
    return writes.bind(volume, claim);
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
