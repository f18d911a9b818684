/** The template of a job's next pod. */
import type { Container, Job, PodTemplateSpec } from '@t8s/api';
import { completionIndexKey, trackingFinalizer } from './job-pods.ts';

const indexEnv = 'JOB_COMPLETION_INDEX';
/** Of a generated name without its random end. */
const maxPrefix = 58;

/** For an indexed job also the index: as annotation, label, host name and environment variable. `annotations` are further ones. */
export function podTemplate(
  { metadata, spec }: Job,
  index: number | undefined,
  annotations: Record<string, string> = {},
): { template: PodTemplateSpec; generateName: string } {
  const { name = '' } = metadata;
  const { metadata: templateMeta = {}, spec: podSpec = { containers: [] } } = spec.template;
  const finalizers = [...new Set([...(templateMeta.finalizers ?? []), trackingFinalizer])];
  const suffix = index === undefined ? '-' : `-${index}-`;
  const generateName = name.slice(0, maxPrefix - suffix.length) + suffix;
  if (index === undefined) return { template: { metadata: { ...templateMeta, finalizers }, spec: podSpec }, generateName };
  const mark = { [completionIndexKey]: String(index) };
  return {
    template: {
      metadata: {
        ...templateMeta,
        finalizers,
        annotations: { ...templateMeta.annotations, ...mark, ...annotations },
        labels: { ...templateMeta.labels, ...mark },
      },
      spec: {
        ...podSpec,
        hostname: `${name}-${index}`,
        containers: podSpec.containers.map(withIndex),
        ...(podSpec.initContainers && { initContainers: podSpec.initContainers.map(withIndex) }),
      },
    },
    generateName,
  };
}

/** A variable of that name that is there already stays. */
function withIndex(container: Container): Container {
  if (container.env?.some(({ name }) => name === indexEnv)) return container;
  const fromLabel = { name: indexEnv, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${completionIndexKey}']` } } };
  return { ...container, env: [...(container.env ?? []), fromLabel] };
}
