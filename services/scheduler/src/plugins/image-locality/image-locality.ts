import { normalizeImageName } from '../../framework/image-name.ts';
import { maxScore, type Plugin } from '../../framework/plugin.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

const megabyte = 1024 * 1024;
/** Bytes below which an image is pulled so fast that its place does not matter, and above which more makes no difference. */
const minThreshold = 23 * megabyte;
const maxContainerThreshold = 1000 * megabyte;

interface State {
  /** Each image with the share of nodes that have it: images found everywhere count whole, rare ones less, to avoid a rush to one node. */
  images: { name: string; spread: number }[];
  maxThreshold: number;
}

/** Nodes that already have the pod's images score higher, by the images' size. */
export const imageLocality: Plugin<unknown, State> = {
  name: 'ImageLocality',
  sign: imageNames,

  preScore(pod, cluster) {
    const names = imageNames(pod);
    const images = names.map((name) => ({ name, spread: cluster.nodesWithImage(name) / Math.max(1, cluster.nodeCount) }));
    if (images.every(({ spread }) => spread === 0)) return { skip: true };
    return { state: { images, maxThreshold: maxContainerThreshold * names.length } };
  },

  score(_, node, { images, maxThreshold }) {
    let sum = 0;
    for (const { name, spread } of images) sum += Math.trunc((node.images.get(name) ?? 0) * spread);
    const bounded = Math.min(Math.max(sum, minThreshold), maxThreshold);
    return Math.trunc((maxScore * (bounded - minThreshold)) / (maxThreshold - minThreshold));
  },
};

function imageNames({ pod: { spec } }: PodInfo): string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => normalizeImageName(image));
}
