/**
 * Fields of features that v1.34 has off by default: dropped from what users send, as upstream drops them, unless stored already.
 * ContainerRestartRules, ContainerStopSignals, EnvFiles, HostnameOverride, ImageVolume, ClusterTrustBundleProjection, PodCertificateRequest.
 */
import type { Container, EphemeralContainer, PodSpec } from '../../generated/types.ts';

export function dropDisabledFields(spec: PodSpec, old?: PodSpec): void {
  if (old?.hostnameOverride === undefined) delete spec.hostnameOverride;
  const hadImages = old?.volumes?.some((volume) => volume.image) ?? false;
  for (const volume of spec.volumes ?? []) {
    if (!hadImages) delete volume.image;
    for (const source of volume.projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
  }
  for (const list of [spec.containers, spec.initContainers ?? [], spec.ephemeralContainers ?? []]) list.forEach(dropFromContainer);
}

function dropFromContainer(container: Container | EphemeralContainer): void {
  delete container.restartPolicyRules;
  if (container.lifecycle) {
    delete container.lifecycle.stopSignal;
    if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
  }
  for (const { valueFrom } of container.env ?? []) if (valueFrom) delete valueFrom.fileKeyRef;
}
