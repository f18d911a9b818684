/** `kubectl describe`: what people want to know of an object, with its events. */
import { isStatus } from '@t8s/meta';
import { objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, listObjects } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import { parseTargets, type Target } from '../../resources/targets.ts';
import { Failure, failureText } from '../failure.ts';
import { fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';
import { describeAny } from './any-kind.ts';
import type { Describer } from './describer.ts';
import { Description } from './description.ts';
import { describeEndpointSlice, describeEndpoints } from './endpoints.ts';
import { describeNode } from './node.ts';
import { describeConfigMap, describeNamespace, describePriorityClass, describeSecret, describeServiceAccount } from './plain-kinds.ts';
import { describePod } from './pod.ts';
import { describeService } from './service.ts';
import { describeDaemonSet, describeDeployment, describeReplicaSet } from './workloads.ts';

export const describeVerb: Verb = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  about: 'An object is named in full, or by the beginning of its name. Related objects, such as events, are shown with it.',
  examples: `# Describe a node
kubectl describe nodes node-0

# Describe a pod
kubectl describe pods/nginx

# Describe all pods
kubectl describe pods

# Describe pods by label name=myLabel
kubectl describe pods -l name=myLabel

# Describe all pods managed by the 'frontend' deployment
kubectl describe pods frontend`,
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  flags: [
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If present, list the requested object(s) across all namespaces.',
    },
    ...fileFlags('containing the resource to describe'),
    selectorFlag,
    { name: 'show-events', type: 'boolean', default: true, help: 'If true, display events related to the described object.' },
  ],
  run: describe,
};

/** By `group/kind`. */
const describers: Record<string, Describer<never>> = {
  '/Pod': describePod,
  '/Node': describeNode,
  '/Service': describeService,
  '/Namespace': describeNamespace,
  '/ServiceAccount': describeServiceAccount,
  '/ConfigMap': describeConfigMap,
  '/Secret': describeSecret,
  '/Endpoints': describeEndpoints,
  'discovery.k8s.io/EndpointSlice': describeEndpointSlice,
  'scheduling.k8s.io/PriorityClass': describePriorityClass,
  'apps/Deployment': describeDeployment,
  'apps/ReplicaSet': describeReplicaSet,
  'apps/DaemonSet': describeDaemonSet,
};

async function describe(invocation: Invocation): Promise<void> {
  const { session, flags, path } = invocation;
  const found = await objectsToDescribe(invocation);
  if (found === undefined)
    throw new Failure(
      `error: You must specify the type of resource to describe. Use "${path.split(' ')[0]} api-resources" for a complete list of supported resources.`,
    );
  const texts: string[] = [];
  for (const { object, resource } of found.objects) {
    const to = new Description();
    const describer: Describer = (describers[`${resource.group}/${resource.kind}`] as Describer | undefined) ?? describeAny;
    await describer({ object, resource, session, to, showEvents: flags.on('show-events') });
    texts.push(String(to));
  }
  session.io.out(found.isPrefixed ? texts.map((text) => `${text}\n`).join('') : texts.join('\n\n'));
  if (found.errors.length > 0) throw new Failure(found.errors.map(failureText).join('\n'));
  if (texts.length === 0)
    session.io.err(found.isScoped ? `No resources found in ${session.namespace} namespace.\n` : 'No resources found\n');
}

interface Found {
  objects: { object: AnyObject; resource: Resource }[];
  errors: unknown[];
  /** Whether one namespace was looked at. */
  isScoped: boolean;
  /** Found by the beginning of a name. */
  isPrefixed: boolean;
}

async function objectsToDescribe({ session, args, flags }: Invocation): Promise<Found | undefined> {
  if (flags.list('filename').length > 0) {
    const files = await objectsInFiles(session, flags, 'read');
    const objects = await Promise.all(
      files.map(async ({ object: { metadata }, resource, namespace }) => ({
        object: await getObject(session.client, resource, { namespace, name: metadata.name }),
        resource,
      })),
    );
    return { objects, errors: [], isScoped: true, isPrefixed: false };
  }
  if (args.length === 0) return undefined;
  const targets = await parseTargets(args, session.discovery);
  const found: Found = {
    objects: [],
    errors: [],
    isScoped: !flags.on('all-namespaces') && targets.every(({ resource }) => resource.namespaced),
    isPrefixed: false,
  };
  const mayBePrefix = !args.some((arg) => arg.includes('/'));
  for (const target of targets) {
    try {
      const { objects, isPrefixed } = await objectsOf(target, { session, flags, mayBePrefix });
      found.objects.push(...objects.map((object) => ({ object, resource: target.resource })));
      found.isPrefixed ||= isPrefixed;
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
      found.errors.push(error);
    }
  }
  return found;
}

/** The object of that name; where there is none, those whose names begin so. */
async function objectsOf(
  { resource, name }: Target,
  { session, flags, mayBePrefix }: Pick<Invocation, 'session' | 'flags'> & { mayBePrefix: boolean },
): Promise<{ objects: AnyObject[]; isPrefixed: boolean }> {
  const { client } = session;
  const namespace = resource.namespaced && !flags.on('all-namespaces') ? session.namespace : undefined;
  const query = { namespace, labelSelector: flags.text('selector') };
  const all = async (): Promise<AnyObject[]> => (await listObjects(client, resource, query)).items;
  if (name === undefined) return { objects: await all(), isPrefixed: false };
  try {
    const object = await getObject(client, resource, { namespace, name });
    return { objects: [{ ...object, kind: resource.kind }], isPrefixed: false };
  } catch (error) {
    if (!isStatus(error, 'NotFound') || !mayBePrefix) throw error;
    const objects = (await all()).filter(({ metadata }) => metadata.name?.startsWith(name));
    if (objects.length === 0) throw error;
    return { objects, isPrefixed: true };
  }
}
