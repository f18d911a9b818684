/** Names of types in OpenAPI documents: the Go package and the Go name, as upstream publishes them. */
import { schema } from '@t8s/api';

const groupPrefix =
  /^(Core|Discovery|Authentication|Rbac|Storage|Flowcontrol|Apiextensions|Apiregistration|Admissionregistration)(?=(EndpointPort|Event|EventList|EventSeries|TokenRequest|Subject|ServiceReference|WebhookClientConfig|ResourceClaim)$)/;

/** `io.k8s.api.core.v1.Pod`. Our types carry their group where one name stands for several, Go's never do. */
export function definitionName(type: string): string {
  // Types of custom resources are called so everywhere.
  if (type.includes('.')) return type;
  const known = schema[type];
  if (!known) return `io.k8s.apimachinery.pkg.${basicTypes[type] ?? type}`;
  return `${known.package}.${type.replace(groupPrefix, '').replace(/V2(?=(List)?$)/, '')}`;
}

/** Types of Go that are written as a string or a number, by our names for them. */
const basicTypes: Record<string, string> = {
  time: 'apis.meta.v1.Time',
  microtime: 'apis.meta.v1.MicroTime',
  quantity: 'api.resource.Quantity',
  intOrString: 'util.intstr.IntOrString',
  patch: 'apis.meta.v1.Patch',
  raw: 'runtime.RawExtension',
};

const types = new Map(Object.keys(schema).map((type) => [definitionName(type), type]));

/** The type behind a kind's name in a group-version: `Scale` of autoscaling/v1. Undefined for names that are no type, such as PodExecOptions. */
export function typeOfKind({ group, version, kind }: { group: string; version: string; kind: string }): string | undefined {
  return types.get(`io.k8s.api.${group.split('.')[0] || 'core'}.${version}.${kind}`);
}
