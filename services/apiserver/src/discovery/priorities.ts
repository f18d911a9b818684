/** Which groups and versions clients are told of first (kube-apiserver's and kube-aggregator's tables, v1.34). */
import type { GroupVersion } from '@t8s/meta';

export interface Priority {
  group: number;
  version: number;
}

const groups: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '': 18_000,
    'apiregistration.k8s.io': 20_000,
    apps: 17_800,
    'events.k8s.io': 17_750,
    'authentication.k8s.io': 17_700,
    'authorization.k8s.io': 17_600,
    autoscaling: 17_500,
    batch: 17_400,
    'certificates.k8s.io': 17_300,
    'networking.k8s.io': 17_200,
    policy: 17_100,
    'rbac.authorization.k8s.io': 17_000,
    'storage.k8s.io': 16_800,
    'apiextensions.k8s.io': 16_700,
    'admissionregistration.k8s.io': 16_700,
    'scheduling.k8s.io': 16_600,
    'coordination.k8s.io': 16_500,
    'node.k8s.io': 16_300,
    'discovery.k8s.io': 16_200,
    'flowcontrol.apiserver.k8s.io': 16_100,
    // As metrics-server's manifest has it.
    'metrics.k8s.io': 100,
  }),
);

const versions: ReadonlyMap<string, number> = new Map(
  Object.entries({ '/v1': 1, 'metrics.k8s.io/v1beta1': 100, 'autoscaling/v2': 30, 'flowcontrol.apiserver.k8s.io/v1': 21 }),
);

/** Of custom resources: after everything built in. */
export const customPriority: Priority = { group: 1000, version: 100 };

export function priorityOf({ group, version }: GroupVersion): Priority {
  const own = groups.get(group);
  return own === undefined ? customPriority : { group: own, version: versions.get(`${group}/${version}`) ?? 15 };
}
