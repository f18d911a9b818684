import type { Container, Pod } from '@t8s/api';

/** Keeps of a pod what scheduling reads: with thousands of pods in memory the rest would weigh more than everything else. */
export function trimPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { managedFields: _, ...kept } = metadata;
  const { containers, initContainers, ephemeralContainers: __, ...rest } = spec;
  return {
    ...(apiVersion !== undefined && { apiVersion, kind }),
    metadata: kept,
    spec: {
      ...rest,
      containers: containers.map(trimContainer),
      ...(initContainers && { initContainers: initContainers.map(trimContainer) }),
    },
    status: {
      ...(status?.phase !== undefined && { phase: status.phase }),
      conditions: (status?.conditions ?? []).filter(({ type }) => type === 'PodScheduled'),
    },
  };
}

function trimContainer({ name, image, ports, resources, restartPolicy }: Container): Container {
  return {
    name,
    ...(image !== undefined && { image }),
    ...(ports && { ports }),
    ...(resources && { resources }),
    ...(restartPolicy !== undefined && { restartPolicy }),
  };
}
