import type { Node } from '@t8s/api';
import type { AdmissionPlugin } from '../plugin.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A node begins without pods: until the node controller has seen it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate({ resource, object, old, subresource }) {
    if (resource.storage !== 'nodes' || old !== undefined || subresource !== '') return;
    const { spec } = object as Node;
    const isThere = spec.taints?.some(({ key, effect }) => key === notReady.key && effect === notReady.effect);
    if (!isThere) spec.taints = [...(spec.taints ?? []), { ...notReady }];
  },
};
