/** For whom a node may ask for tokens of its pods: who they or the drivers of their volumes name (ServiceAccountNodeAudienceRestriction, v1.34). */
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@t8s/api';
import type { ObjectStore } from '../../registry/object-store.ts';

export function asksForAudience(pod: Pod, audience: string, { cache }: ObjectStore): boolean {
  const isAsked = ({ audience: asked = '' }: { audience?: string }): boolean => asked === audience;
  return (pod.spec.volumes ?? []).some((volume) => {
    const projected = (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
    if (projected.some(isAsked)) return true;
    const driver = cache.resource('csidrivers').get(driverOf(volume))?.object as CSIDriver | undefined;
    return driver?.spec.tokenRequests?.some(isAsked) ?? false;
  });

  function driverOf({ name, csi, ephemeral, persistentVolumeClaim }: Volume): string {
    if (csi) return csi.driver;
    const claimName = persistentVolumeClaim?.claimName ?? (ephemeral && `${pod.metadata.name}-${name}`);
    const claim = cache.resource('persistentvolumeclaims').get(`${pod.metadata.namespace}/${claimName}`)?.object;
    const { volumeName = '' } = (claim as PersistentVolumeClaim | undefined)?.spec ?? {};
    const volume = cache.resource('persistentvolumes').get(volumeName)?.object as PersistentVolume | undefined;
    return volume?.spec.csi?.driver ?? '';
  }
}
