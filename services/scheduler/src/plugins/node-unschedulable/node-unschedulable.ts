import { type Taint, tolerates } from '@t8s/api';
import { ifOwnChanges } from '../../framework/cluster-event.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';

/** What a cordoned node is tainted with; tolerating it is tolerating `spec.unschedulable`. */
const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const cordoned: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) were unschedulable'] };

/** Cordoned nodes take no pods but those that tolerate it, such as a DaemonSet's. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  hints: {
    Node: (_, { now, old }) => now !== undefined && !now.spec.unschedulable && (!old || old.spec.unschedulable === true),
    UnschedulablePod: ifOwnChanges((pod) => pod.spec.tolerations),
  },
  sign: ({ pod }) => pod.spec.tolerations,
  preFilter({ pod }) {
    return pod.spec.tolerations?.some((toleration) => tolerates(toleration, cordon)) ? { skip: true } : { state: undefined };
  },
  filter: (_, { node }) => (node?.spec.unschedulable ? cordoned : undefined),
};
