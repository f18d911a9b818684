/** Objects as a Go program prints those it has types for: fields in the order of their declaration, `creationTimestamp` always there. */
import { type FieldSchema, fieldNumbers, schema } from '@t8s/api';

type Json = Record<string, unknown>;

/** Structs that stand inside others, not behind a pointer: they are there when they are empty. */
const embedded: Readonly<Record<string, Json>> = {
  ObjectMeta: { creationTimestamp: null },
  Container: { resources: {} },
  PodTemplateSpec: { metadata: {}, spec: {} },
  JobTemplateSpec: { metadata: {}, spec: {} },
  Pod: { status: {} },
  Service: { status: { loadBalancer: {} } },
  Node: { status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: nodeInfo() } },
  Namespace: { spec: {}, status: {} },
  Deployment: { status: {} },
  DeploymentSpec: { strategy: {} },
  ReplicaSet: { status: { replicas: 0 } },
  StatefulSet: { status: { replicas: 0, availableReplicas: 0 } },
  StatefulSetSpec: { updateStrategy: {} },
  DaemonSet: { status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 } },
  DaemonSetSpec: { updateStrategy: {} },
  Job: { status: {} },
  CronJob: { status: {} },
};

function nodeInfo(): Json {
  const versions = ['kernelVersion', 'osImage', 'containerRuntimeVersion', 'kubeletVersion', 'kubeProxyVersion'];
  const names = ['machineID', 'systemUUID', 'bootID', ...versions, 'operatingSystem', 'architecture'];
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** `object` (of the type of that name) with its keys in order. What the type does not know is left out, as reading it would. */
export function typedForm(object: Json, typeName: string): Json {
  const fields = schema[typeName]?.fields;
  if (!fields) return object;
  const full = { ...embedded[typeName], ...object };
  const entries = namesInOrder(typeName).filter((name) => (full as Json)[name] !== undefined);
  return Object.fromEntries(entries.map((name) => [name, typedValue((full as Json)[name], fields[name])]));
}

function typedValue(value: unknown, field: FieldSchema | undefined): unknown {
  if (value === null || value === undefined || field === undefined) return value;
  if (field.type === 'ref') return typeof value === 'object' ? typedForm(value as Json, field.ref) : value;
  if (field.type === 'array') return Array.isArray(value) ? value.map((item) => typedValue(item, field.items)) : value;
  if (field.type !== 'map') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, typedValue(item, field.items)]));
}

/** The tables of protobuf numbers list the fields of a type as its declaration does. */
function namesInOrder(typeName: string): string[] {
  const declared = (fieldNumbers[typeName] ?? '').split(' ').map((token) => token.replace(/[!:].*$/, ''));
  const all = Object.keys(schema[typeName]?.fields ?? {});
  const first = ['kind', 'apiVersion'].filter((name) => all.includes(name));
  return [...new Set([...first, ...declared.filter((name) => all.includes(name)), ...all])];
}
