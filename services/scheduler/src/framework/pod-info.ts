import { type Pod, specAsHeld } from '@t8s/api';
import { objectKey } from '@t8s/meta';
import { type AffinityTerms, affinityTermsOf } from './affinity-terms.ts';
import { type HostPort, hostPortsOf } from './host-ports.ts';
import { type PodRequests, requestsOf } from './pod-requests.ts';

/** A pod with what every cycle would compute anew. Made once for each version of a pod. */
export interface PodInfo {
  readonly pod: Pod;
  /** `namespace/name`. */
  readonly key: string;
  /** Tells a pod from a later one of the same name. */
  readonly uid: string;
  readonly priority: number;
  /** When a kubelet took it; after every time where none has. Times of the API compare as text. */
  readonly startTime: string;
  readonly requests: PodRequests;
  readonly hostPorts: readonly HostPort[];
  /** What it asks of pods beside it; undefined if nothing. */
  readonly affinity: AffinityTerms | undefined;
}

export function toPodInfo(pod: Pod): PodInfo {
  const key = objectKey(pod);
  return {
    pod,
    key,
    uid: pod.metadata.uid ?? key,
    priority: pod.spec.priority ?? 0,
    startTime: pod.status?.startTime ?? '~',
    requests: requestsOf(specAsHeld(pod)),
    hostPorts: hostPortsOf(pod),
    affinity: affinityTermsOf(pod),
  };
}

/** Whether two versions of a pod on a node are the same to all filters and scores: most writes of a status are no news. */
export function isPlacedAlike({ pod: a, requests }: PodInfo, { pod: b, requests: others }: PodInfo): boolean {
  return (
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels) &&
    requests.key === others.key
  );
}
