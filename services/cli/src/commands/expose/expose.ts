import { objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf, type Resource } from '../../resources/resource.ts';
import { Failure, Failures } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag } from '../shared-flags.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';

export const exposeVerb: VerbBody = {
  about: 'The selector of the resource becomes the selector of the service. If no port is given, those of the containers are taken.',
  examples: `# A service on port 80 for the pods of a deployment, on their port 8000
kubectl expose deployment web --port=80 --target-port=8000

# The same on every node
kubectl expose deployment web --port=80 --type=NodePort`,
  usage:
    '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  flags: [
    {
      name: 'cluster-ip',
      type: 'string',
      help: "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    },
    dryRunFlag,
    { name: 'external-ip', type: 'string', help: 'Additional external IP address to accept for the service.' },
    fieldManagerFlag('kubectl-expose'),
    ...fileFlags('identifying the resource to expose a service'),
    { name: 'labels', short: 'l', type: 'string', help: 'Labels to apply to the service created by this call.' },
    { name: 'load-balancer-ip', type: 'string', help: 'IP to assign to the LoadBalancer.' },
    { name: 'name', type: 'string', help: 'The name for the newly created object.' },
    outputFlag,
    {
      name: 'port',
      type: 'string',
      help: 'The port that the service should serve on. Copied from the resource being exposed, if unspecified',
    },
    { name: 'protocol', type: 'string', help: "The network protocol for the service to be created. Default is 'TCP'." },
    {
      name: 'selector',
      type: 'string',
      help: 'A label selector to use for this service. If empty (the default) infer the selector from the resource.',
    },
    {
      name: 'session-affinity',
      type: 'string',
      help: "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    },
    {
      name: 'target-port',
      type: 'string',
      help: 'Name or number for the port on the container that the service should direct traffic to. Optional.',
    },
    {
      name: 'type',
      type: 'string',
      help: "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'.",
    },
  ],
  run: expose,
};

/** The parts of workloads that a service is made of. */
interface Exposed {
  selector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] } | Record<string, string>;
  template?: { spec?: PodLike };
  ports?: { port: number; protocol?: string; name?: string }[];
}

interface PodLike {
  containers?: { ports?: { containerPort: number; protocol?: string; name?: string }[] }[];
}

async function expose({ session, args, flags }: Invocation): Promise<void> {
  const outcome = new Outcome(session.io, flags);
  const service = await session.discovery.find('services');
  const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
  const failures = new Failures();
  for (const { object, resource, namespace } of await objectsOnServer(session, args, flags, { selects: false, failures }))
    await failures.attempt(async () => {
      if (!exposable.has(groupKind(resource))) throw new Failure(`error: cannot expose a ${groupKind(resource)}`);
      const placed = serviceFor({ object, resource, flags }) as unknown as AnyObject;
      if (dryRunOf(flags) === 'client') return outcome.tell({ object: placed, resource: service }, 'exposed');
      const created = await write(session.client, 'POST', pathOf(service, { namespace }), { query, body: placed });
      outcome.tell({ object: created.object, resource: service }, 'exposed');
    });
  failures.throwAny();
}

const exposable = new Set(['Pod', 'Service', 'ReplicationController', 'Deployment.apps', 'ReplicaSet.apps']);
const groupKind = ({ kind, group }: Resource): string => (group === '' ? kind : `${kind}.${group}`);

interface Exposing {
  object: AnyObject;
  resource: Resource;
  flags: Flags;
}

function serviceFor(exposing: Exposing): { metadata: object } & Record<string, unknown> {
  const { object, flags } = exposing;
  const spec = object.spec as Exposed & PodLike;
  const name = flags.text('name') || (object.metadata.name ?? '').slice(0, 63);
  const selector = flags.text('selector') === '' ? selectorOf(exposing, spec) : parseLabels(flags.text('selector'));
  const labels = flags.text('labels') === '' ? object.metadata.labels : parseLabels(flags.text('labels'));
  const ports = portsOf(exposing, spec);
  const text = (flag: string, field: string): object => (flags.text(flag) === '' ? {} : { [field]: flags.text(flag) });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { creationTimestamp: null, ...(labels && { labels }), name },
    spec: {
      ports,
      selector,
      ...text('type', 'type'),
      ...text('cluster-ip', 'clusterIP'),
      ...text('load-balancer-ip', 'loadBalancerIP'),
      ...text('session-affinity', 'sessionAffinity'),
      ...(flags.text('external-ip') !== '' && { externalIPs: [flags.text('external-ip')] }),
    },
    status: { loadBalancer: {} },
  };
}

function selectorOf({ object, resource }: Exposing, spec: Exposed): Record<string, string> {
  if (resource.resource === 'pods') {
    const { labels } = object.metadata;
    if (!labels || Object.keys(labels).length === 0)
      throw new Failure(
        "error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    return labels;
  }
  const { selector } = spec;
  if (!selector)
    throw new Failure("error: couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set");
  if (resource.resource === 'services' || resource.resource === 'replicationcontrollers') return selector as Record<string, string>;
  const { matchLabels = {}, matchExpressions = [] } = selector as { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  if (matchExpressions.length > 0)
    throw new Failure(
      `error: couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${JSON.stringify(matchExpressions)}" to map-based selector format`,
    );
  return matchLabels;
}

interface ServicePortLike {
  name?: string;
  port: number;
  protocol: string;
  targetPort: number | string;
}

function portsOf({ resource, flags }: Exposing, spec: Exposed & PodLike): ServicePortLike[] {
  const pod = resource.resource === 'pods' ? spec : (spec.template?.spec ?? {});
  const known =
    resource.resource === 'services'
      ? (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => ({ port, protocol }))
      : (pod.containers ?? [])
          .flatMap(({ ports = [] }) => ports)
          .map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol }));
  const given = flags.text('port') === '' ? known.map(({ port }) => port) : flags.text('port').split(',').map(Number);
  if (given.length === 0) throw new Failure("error: couldn't find port via --port flag or introspection");
  if (given.some((port) => !Number.isInteger(port)))
    throw new Failure(`error: strconv.Atoi: parsing "${flags.text('port')}": invalid syntax`);
  const target = flags.text('target-port');
  return given.map((port, i) => ({
    ...(given.length > 1 && { name: `port-${i + 1}` }),
    port,
    protocol: flags.text('protocol') || known.find((other) => other.port === port)?.protocol || 'TCP',
    targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
  }));
}
