/** Pods, and the pods that workloads are going to make. */
import type { Container, CronJob, Deployment, Pod, PodTemplate, PodTemplateSpec } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import type { PodSubject } from './checks/check.ts';

const templated = new Set(['replicationcontrollers', 'replicasets', 'deployments', 'statefulsets', 'daemonsets', 'jobs']);

/** The pod that a workload would make; undefined for what makes none. `storage` is the resource's. */
export function templateOf(object: KubeObject, storage: string): PodSubject | undefined {
  if (storage === 'podtemplates') return subject((object as PodTemplate).template);
  if (storage === 'cronjobs') return subject((object as CronJob).spec.jobTemplate.spec?.template);
  return templated.has(storage) ? subject((object as Deployment).spec.template) : undefined;
}

const subject = (template: PodTemplateSpec | undefined): PodSubject | undefined =>
  template?.spec && { metadata: template.metadata ?? {}, spec: template.spec };

/** Of a pod's update only some fields can change a verdict: without them it keeps the one it has. */
export function isSignificantUpdate(pod: Pod, old: Pod): boolean {
  const differs = (name: string): boolean => pod.metadata.annotations?.[name] !== old.metadata.annotations?.[name];
  const hasChanged = (now: readonly Container[] = [], before: readonly Container[] = []): boolean => {
    const known = new Map(before.map((container) => [container.name, container]));
    return (
      now.length !== before.length ||
      now.some(({ name, image }) => {
        const was = known.get(name);
        return !was || was.image !== image || differs(`container.seccomp.security.alpha.kubernetes.io/${name}`);
      })
    );
  };
  return (
    differs('seccomp.security.alpha.kubernetes.io/pod') ||
    hasChanged(pod.spec.containers, old.spec.containers) ||
    hasChanged(pod.spec.initContainers, old.spec.initContainers) ||
    hasChanged(
      pod.spec.ephemeralContainers as readonly Container[] | undefined,
      old.spec.ephemeralContainers as readonly Container[] | undefined,
    )
  );
}
