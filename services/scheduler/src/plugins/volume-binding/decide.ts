import {
  bestVolume,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  selectedNodeAnnotation,
  storageClassOf,
  type TopologySelectorTerm,
} from '@t8s/api';
import { objectKey, parseQuantity } from '@t8s/meta';
import type { VolumeView } from '../../volumes/volume-view.ts';
import type { Assumptions } from './assumptions.ts';

/** How a pod's waiting claims get their volumes on a node. */
export interface Decision {
  nodeName: string;
  bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[];
  /** Claims for which volumes are to be made there. */
  provisions: PersistentVolumeClaim[];
}

export interface Question {
  claims: readonly PersistentVolumeClaim[];
  node: Node;
  view: VolumeView;
  assumed: Assumptions;
}

/** Undefined where the node won't do. Free volumes come first, the smallest claims choose first. */
export function decide({ claims, node, view, assumed }: Question): Decision | undefined {
  const nodeName = node.metadata.name ?? '';
  const decision: Decision = { nodeName, bindings: [], provisions: [] };
  const taken = new Set<string>();
  for (const claim of [...claims].sort((a, b) => requestOf(a) - requestOf(b))) {
    const key = objectKey(claim);
    const chosenNode = claim.metadata.annotations?.[selectedNodeAnnotation] ?? assumed.nodeOf(key);
    if (chosenNode !== undefined) {
      if (chosenNode !== nodeName) return undefined;
      decision.provisions.push(claim);
      continue;
    }
    const free = bestVolume(claim, view.volumes.byIndex('class', storageClassOf(claim)), {
      node,
      isTaken: (name) => taken.has(name) || assumed.isTaken(name, key),
    });
    if (free) {
      taken.add(free.metadata.name ?? '');
      decision.bindings.push({ volume: free, claim });
    } else if (canProvision(view.classOf(claim), node)) decision.provisions.push(claim);
    else return undefined;
  }
  return decision;
}

const requestOf = ({ spec }: PersistentVolumeClaim): number => parseQuantity(spec.resources?.requests?.['storage'] ?? '0').value;

function canProvision(storageClass: StorageClass | undefined, node: Node): boolean {
  if (!storageClass || storageClass.provisioner === 'kubernetes.io/no-provisioner') return false;
  const { allowedTopologies = [] } = storageClass;
  return allowedTopologies.length === 0 || allowedTopologies.some((term) => allows(term, node));
}

const allows = ({ matchLabelExpressions = [] }: TopologySelectorTerm, { metadata }: Node): boolean =>
  matchLabelExpressions.every(({ key, values }) => values.includes(metadata.labels?.[key] ?? ''));
