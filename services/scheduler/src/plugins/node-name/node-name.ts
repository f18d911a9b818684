import type { Plugin, Rejection } from '../../framework/plugin.ts';

const mismatch: Rejection = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match the requested node name"] };

/** A pod that names its node runs there only. */
export const nodeName: Plugin = {
  name: 'NodeName',
  hints: { Node: ({ pod }, { now }) => now?.metadata.name === pod.spec.nodeName },
  sign: ({ pod }) => pod.spec.nodeName,
  preFilter: ({ pod }) => (pod.spec.nodeName ? { state: undefined } : { skip: true }),
  filter: ({ pod }, node) => (pod.spec.nodeName === node.name ? undefined : mismatch),
};
