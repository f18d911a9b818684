import { collide } from '../../framework/host-ports.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';

const taken: Rejection = { code: 'Unschedulable', reasons: ["node(s) didn't have free ports for the requested pod ports"] };

/** Two pods cannot listen on the same port of the host. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  hints: {
    Node: (_, { now, old }) => now !== undefined && old === undefined,
    AssignedPod: ({ hostPorts }, { now, old }) =>
      !now && !!old?.hostPorts.some((port) => hostPorts.some((wanted) => collide(port, wanted))),
  },
  sign: ({ hostPorts }) => hostPorts,
  preFilter: ({ hostPorts }) => (hostPorts.length === 0 ? { skip: true } : { state: undefined }),
  filter: ({ hostPorts }, { ports }) => (hostPorts.some((port) => ports.conflicts(port)) ? taken : undefined),
};
