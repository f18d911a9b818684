import type { Container, Pod } from '@t8s/api';

const keptConditions: ReadonlySet<string> = new Set(['PodScheduled', 'DisruptionTarget']);

/** Keeps of a pod what scheduling reads: with thousands of pods in memory the rest would weigh more than everything else. */
export function trimPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { managedFields: _, annotations: __, ...kept } = metadata;
  const { containers, initContainers, ephemeralContainers: ___, ...rest } = spec;
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
      ...(status?.startTime !== undefined && { startTime: status.startTime }),
      ...(status?.nominatedNodeName !== undefined && { nominatedNodeName: status.nominatedNodeName }),
      conditions: (status?.conditions ?? []).filter(({ type }) => keptConditions.has(type)),
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
