/** What makes a pod of a stateful set the one it is: its ordinal, and name, labels, host name and claims that follow from it. Pure. */
import type { Pod, PodTemplateSpec, StatefulSet, Volume } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { Owner } from '../../pods/claim.ts';
import { podFromTemplate } from '../../pods/pod-control.ts';
import { revisionLabel } from '../../revisions/history.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** A template under the name of its ControllerRevision. */
export interface Revision {
  name: string;
  template: PodTemplateSpec;
}

export const podName = (set: KubeObject, ordinal: number): string => `${set.metadata.name}-${ordinal}`;
export const claimName = (template: KubeObject, set: KubeObject, ordinal: number): string =>
  `${template.metadata.name}-${podName(set, ordinal)}`;
export const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[revisionLabel];
export const firstOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

/** The ordinal in the name of one of the set's pods; undefined for other pods. */
export function ordinalOf(set: StatefulSet, { metadata }: Pod): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const rest = metadata.name?.startsWith(prefix) ? metadata.name.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,9})$/.test(rest) ? Number(rest) : undefined;
}

/** Whether the set wants a pod of this ordinal. */
export function isWanted(set: StatefulSet, ordinal: number): boolean {
  const index = ordinal - firstOrdinal(set);
  return index >= 0 && index < (set.spec.replicas ?? 1);
}

export function newPod(set: Owner<StatefulSet>, ordinal: number, { name: revision, template }: Revision): Pod {
  const name = podName(set, ordinal);
  const pod = podFromTemplate(set, template, { name });
  pod.metadata.labels = { ...pod.metadata.labels, ...identityLabels(set, ordinal), [revisionLabel]: revision };
  pod.spec.hostname = name;
  if (set.spec.serviceName) pod.spec.subdomain = set.spec.serviceName;
  if (set.spec.volumeClaimTemplates?.length) pod.spec.volumes = volumes(set, pod, ordinal);
  return pod;
}

/** The pod with its labels and claims put right; undefined where they are. */
export function repaired(set: StatefulSet, pod: Pod, ordinal: number): Pod | undefined {
  const hasClaims = (set.spec.volumeClaimTemplates ?? []).every((template) =>
    pod.spec.volumes?.some(
      ({ name, persistentVolumeClaim }) =>
        name === template.metadata.name && persistentVolumeClaim?.claimName === claimName(template, set, ordinal),
    ),
  );
  if (hasClaims && pod.metadata.labels?.[podNameLabel] === pod.metadata.name) return undefined;
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...identityLabels(set, ordinal) } },
    spec: hasClaims ? pod.spec : { ...pod.spec, volumes: volumes(set, pod, ordinal) },
  };
}

const identityLabels = (set: StatefulSet, ordinal: number): Record<string, string> => ({
  [podNameLabel]: podName(set, ordinal),
  [podIndexLabel]: String(ordinal),
});

/** Each claim template is a volume, before one of the pod that has the same name. */
function volumes(set: StatefulSet, { spec }: Pod, ordinal: number): Volume[] {
  const templates = set.spec.volumeClaimTemplates ?? [];
  const names = new Set(templates.map(({ metadata }) => metadata.name));
  return [
    ...templates.map((template) => ({
      name: template.metadata.name ?? '',
      persistentVolumeClaim: { claimName: claimName(template, set, ordinal) },
    })),
    ...(spec.volumes ?? []).filter(({ name }) => !names.has(name)),
  ];
}
