import type { Pod, Toleration } from '@t8s/api';
import type { AdmissionPlugin } from '../plugin.ts';

/** How long a pod stays on a node that is not ready or unreachable, unless it says so itself: five minutes. */
const seconds = 300;
const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate({ resource, object, subresource }) {
    if (resource.storage !== 'pods' || subresource !== '') return;
    const { spec } = object as Pod;
    const tolerations = spec.tolerations ?? [];
    const lacking = keys.filter((key) => !tolerations.some((t) => covers(t, key)));
    if (lacking.length > 0)
      spec.tolerations = [
        ...tolerations,
        ...lacking.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds })),
      ];
  },
};

const covers = ({ key = '', effect = '' }: Toleration, taint: string): boolean =>
  (key === '' || key === taint) && (effect === '' || effect === 'NoExecute');
