/** What a pod asks for, twice: as stated, and with what the scores assume of containers that state nothing. */
import { type Container, type PodSpec, podRequests } from '@t8s/api';
import { type Resources, toResources } from './resources.ts';

export interface PodRequests {
  /** Equal where all amounts are. */
  key: string;
  /** What must fit. */
  stated: Resources;
  /** With 100m CPU and 200 MB for containers that state none, so that pods without requests spread too (upstream's defaults). */
  assumed: Resources;
}

const assumedRequests = { cpu: '100m', memory: String(200 * 1024 * 1024) };

/** Pods of one template ask for the same: their sums are made once. */
const known = new Map<string, PodRequests>();
const maxKnown = 1024;

/** All of the spec that `requestsOf` reads, as text: pods with equal text ask for equal amounts. */
export function requestsKey({ containers, initContainers, resources, overhead }: PodSpec): string {
  return JSON.stringify([
    containers.map((c) => c.resources?.requests),
    initContainers?.map((c) => [c.restartPolicy, c.resources?.requests]),
    resources?.requests,
    overhead,
  ]);
}

export function requestsOf(spec: PodSpec): PodRequests {
  const key = requestsKey(spec);
  let requests = known.get(key);
  if (requests === undefined) {
    requests = { key, ...compute(spec) };
    if (known.size >= maxKnown) known.clear();
    known.set(key, requests);
  }
  return requests;
}

function compute(spec: PodSpec): Omit<PodRequests, 'key'> {
  const stated = toResources(podRequests(spec));
  const assume = (container: Container): Container => ({
    ...container,
    resources: { ...container.resources, requests: { ...assumedRequests, ...container.resources?.requests } },
  });
  const assumed = toResources(
    podRequests({
      ...spec,
      containers: spec.containers.map(assume),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(assume) }),
    }),
  );
  return { stated, assumed };
}
