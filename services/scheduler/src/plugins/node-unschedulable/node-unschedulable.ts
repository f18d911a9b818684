import { type Taint, tolerates } from '@t8s/api';
import type { Plugin, Rejection } from '../../framework/plugin.ts';

/** What a cordoned node is tainted with; tolerating it is tolerating `spec.unschedulable`. */
const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const cordoned: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) were unschedulable'] };

/** Cordoned nodes take no pods but those that tolerate it, such as a DaemonSet's. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  sign: ({ pod }) => pod.spec.tolerations,
  preFilter({ pod }) {
    return pod.spec.tolerations?.some((toleration) => tolerates(toleration, cordon)) ? { skip: true } : { state: undefined };
  },
  filter: (_, { node }) => (node?.spec.unschedulable ? cordoned : undefined),
};
