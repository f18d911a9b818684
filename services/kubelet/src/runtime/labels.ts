/**
 * How pods and containers are written into Docker's names and labels, and read back: the kubelet's only memory of them.
 * The names are those of Kubernetes' own Docker integration, so that known tools find what they expect.
 */
import type { ContainerMetadata, PodSandboxMetadata, Strings } from '@t8s/cri';

const annotationPrefix = 'annotation.';

export const labelNames = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  type: 'io.kubernetes.docker.type',
  sandboxId: 'io.kubernetes.sandbox.id',
  logPath: 'io.kubernetes.container.logpath',
} as const;

export type DockerType = 'podsandbox' | 'container';

export function sandboxName({ name, namespace, uid, attempt }: PodSandboxMetadata): string {
  return ['k8s', 'POD', name, namespace, uid, attempt].join('_');
}

export function containerName(pod: PodSandboxMetadata, { name, attempt }: ContainerMetadata): string {
  return ['k8s', name, pod.name, pod.namespace, pod.uid, attempt].join('_');
}

/** The attempt is the last part of a container's name (with or without Docker's leading slash). */
export function attemptOf(dockerName: string): number {
  return Number(dockerName.slice(dockerName.lastIndexOf('_') + 1)) || 0;
}

export function dockerLabels(type: DockerType, labels: Strings = {}, annotations: Strings = {}): Strings {
  return {
    ...labels,
    ...Object.fromEntries(Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value])),
    [labelNames.type]: type,
  };
}

/** Labels and annotations as the kubelet gave them. */
export function splitLabels(all: Strings): { labels: Strings; annotations: Strings } {
  const own = new Set<string>([labelNames.type, labelNames.sandboxId, labelNames.logPath]);
  const entries = Object.entries(all);
  return {
    labels: Object.fromEntries(entries.filter(([key]) => !key.startsWith(annotationPrefix) && !own.has(key))),
    annotations: Object.fromEntries(
      entries.filter(([key]) => key.startsWith(annotationPrefix)).map(([key, value]) => [key.slice(annotationPrefix.length), value]),
    ),
  };
}

export function podMetadata(labels: Strings, dockerName: string): PodSandboxMetadata {
  return {
    name: labels[labelNames.podName] ?? '',
    namespace: labels[labelNames.podNamespace] ?? '',
    uid: labels[labelNames.podUid] ?? '',
    attempt: attemptOf(dockerName),
  };
}
