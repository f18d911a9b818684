/** Small pods and nodes for tests. */
import type { Node, NodeSpec, NodeStatus, Pod, PodSpec } from '@t8s/api';
import { type FieldError, fieldErrorMessage } from '@t8s/meta';
import { Cache } from './cache/cache.ts';
import { Fields, readAll } from './config/fields.ts';
import { readProfile } from './config/profile-configuration.ts';
import { NodeInfo } from './framework/node-info.ts';
import type { ClusterView, Plugin, Rejection } from './framework/plugin.ts';
import type { PluginContext } from './framework/plugin-context.ts';
import { type PodInfo, toPodInfo } from './framework/pod-info.ts';
import type { Profile } from './framework/profile.ts';
import { registry } from './plugins/registry.ts';

export interface TestPod extends Partial<PodSpec> {
  name?: string;
  namespace?: string;
  labels?: Record<string, string>;
  cpu?: string;
  memory?: string;
}

export function testPod({ name = 'p', namespace = 'default', labels, cpu, memory, ...spec }: TestPod = {}): Pod {
  const requests = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: { containers: [{ name: 'c', image: 'app', resources: { requests } }], ...spec },
  };
}

export const testPodInfo = (pod: TestPod = {}): PodInfo => toPodInfo(testPod(pod));

export interface TestNode extends NodeSpec {
  name?: string;
  cpu?: string;
  memory?: string;
  pods?: string;
  labels?: Record<string, string>;
  images?: NodeStatus['images'];
}

export function testNode({ name = 'n', cpu = '4', memory = '8Gi', pods = '110', labels = {}, images, ...spec }: TestNode = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec,
    status: { allocatable: { cpu, memory, pods }, ...(images && { images }) },
  };
}

/** A node with pods on it. */
export function testNodeInfo(node: TestNode = {}, pods: readonly TestPod[] = []): NodeInfo {
  const info = new NodeInfo(node.name ?? 'n');
  info.setNode(testNode(node));
  pods.forEach((pod, i) => {
    info.addPod(testPodInfo({ name: `on-${info.name}-${i}`, ...pod }));
  });
  return info;
}

/** `code: reason, reason`, or `fits`. */
export const verdictText = (rejection: Rejection | undefined): string =>
  rejection ? `${rejection.code}: ${rejection.reasons.join(', ')}` : 'fits';

/** A cluster to look at where nothing in it matters. */
export const emptyCluster: ClusterView = new Cache();

/** A plugin as the registry makes it of arguments. Throws where they are wrong. */
export function testPlugin(name: string, args: object = {}, context: Partial<PluginContext> = {}): Plugin {
  const errors: FieldError[] = [];
  const make = registry.find((entry) => entry.name === name)?.configure(new Fields(args, '', errors));
  if (!make || errors.length > 0) throw new Error(errors.map(fieldErrorMessage).join('\n'));
  // A plugin takes of its context what it needs.
  return make(context as PluginContext);
}

/** The default profile, or one as a configuration file has it. */
export function testProfile(context: Partial<PluginContext>, profile: object = {}): Profile {
  const errors: FieldError[] = [];
  const recipe = readAll(new Fields(profile, 'profiles[0]', errors), (fields) => readProfile(fields, 0));
  if (errors.length > 0) throw new Error(errors.map(fieldErrorMessage).join('\n'));
  return recipe.make(context as PluginContext);
}
