/** A claim looks for its volume. */
import {
  bindCompletedAnnotation,
  boundByControllerAnnotation,
  defaultStorageClass,
  isForClaim,
  mismatch,
  namesStorageClass,
  type PersistentVolume,
  type PersistentVolumeClaim,
  selectedNodeAnnotation,
  storageClassOf,
} from '@t8s/api';
import { objectKey } from '@t8s/meta';
import { olderProvisionerAnnotation, provisionerAnnotation } from '../../volumes/annotations.ts';
import type { Binder } from './controller.ts';
import { ownVolume } from './market.ts';

export async function syncClaim(claim: PersistentVolumeClaim, binder: Binder): Promise<void> {
  if (claim.metadata.annotations?.[bindCompletedAnnotation] !== undefined) return syncBound(claim, binder);
  const { volumeName = '' } = claim.spec;
  return volumeName === '' ? seek(claim, binder) : takeNamed(claim, volumeName, binder);
}

/** From now on nobody else may have either, though the caches still show them free. */
export async function bind(volume: PersistentVolume, claim: PersistentVolumeClaim, { market, writes, show }: Binder): Promise<void> {
  market.takeVolume(volume);
  market.takeClaim(claim);
  try {
    await writes.bind(volume, claim);
  } catch (error) {
    show(volume, claim);
    throw error;
  }
}

/** The volume that is the claim's already, else a free one; that, where it `waits` for a pod, is for the scheduler to choose. */
export const choose = (claim: PersistentVolumeClaim, { volumes, market }: Binder, waits = false): PersistentVolume | undefined =>
  ownVolume(claim, volumes.byIndex('claim', objectKey(claim))) ?? (waits ? undefined : market.volumeFor(claim));

async function seek(claim: PersistentVolumeClaim, binder: Binder): Promise<void> {
  const { classes, writes, event, waits } = binder;
  const className = storageClassOf(claim);
  const isAwaited = waits(className) && !claim.metadata.annotations?.[selectedNodeAnnotation];
  const volume = choose(claim, binder, isAwaited);
  if (volume) return bind(volume, claim, binder);
  // Made before there was a default class, or while there was none.
  const storageClassName = namesStorageClass(claim) ? undefined : defaultStorageClass(classes.list())?.metadata.name;
  if (storageClassName !== undefined) return void (await writes.updateClaim({ ...claim, spec: { ...claim.spec, storageClassName } }));
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

/** Who provisions now for names that once were Kubernetes' own. */
const csiDrivers: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com'],
  ['kubernetes.io/azure-disk', 'disk.csi.azure.com'],
  ['kubernetes.io/azure-file', 'file.csi.azure.com'],
  ['kubernetes.io/cinder', 'cinder.csi.openstack.org'],
  ['kubernetes.io/gce-pd', 'pd.csi.storage.gke.io'],
  ['kubernetes.io/portworx-volume', 'pxd.portworx.com'],
  ['kubernetes.io/vsphere-volume', 'csi.vsphere.vmware.com'],
]);

/** Somebody else makes the volume; the claim tells who. */
async function provision(claim: PersistentVolumeClaim, className: string, { classes, writes, event }: Binder): Promise<void> {
  const named = classes.get(className)?.provisioner;
  const provisioner = named && (csiDrivers.get(named) ?? named);
  let current = claim;
  if (provisioner === undefined) {
    event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  } else if (provisioner.startsWith('kubernetes.io/')) {
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
async function takeNamed(claim: PersistentVolumeClaim, name: string, binder: Binder): Promise<void> {
  const { volumes, writes, event } = binder;
  const volume = volumes.get(name);
  if (!volume) return void (await writes.setClaimPhase(claim, 'Pending'));
  if (volume.spec.claimRef) {
    if (isForClaim(volume, claim)) return bind(volume, claim, binder);
    event(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
    if (claim.metadata.annotations?.[boundByControllerAnnotation] === undefined) return void (await writes.setClaimPhase(claim, 'Pending'));
    throw new Error(`claim ${claim.metadata.namespace}/${claim.metadata.name}: volume ${name} is bound to another claim`);
  }
  const why = mismatch(volume, claim);
  if (why === undefined) return bind(volume, claim, binder);
  event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`);
  await writes.setClaimPhase(claim, 'Pending');
}

async function syncBound(claim: PersistentVolumeClaim, binder: Binder): Promise<void> {
  const { volumes, writes, event } = binder;
  const lost = async (reason: string, message: string): Promise<void> => {
    if (await writes.setClaimPhase(claim, 'Lost')) event(claim, 'Warning', reason, message);
  };
  const { volumeName = '' } = claim.spec;
  if (volumeName === '') return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = volumes.get(volumeName);
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (!volume.spec.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return bind(volume, claim, binder);
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
