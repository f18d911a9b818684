import type { Node } from '@t8s/api';

/** Keeps of a node what scheduling reads. */
export function trimNode({ metadata, spec, status }: Node): Node {
  const { managedFields: _, annotations: __, ...kept } = metadata;
  const { allocatable, capacity, images } = status ?? {};
  return {
    metadata: kept,
    spec: { ...(spec.taints && { taints: spec.taints }), ...(spec.unschedulable && { unschedulable: true }) },
    status: { ...(allocatable && { allocatable }), ...(capacity && { capacity }), ...(images && { images }) },
  };
}
