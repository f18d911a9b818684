/** `kubectl describe`: what people want to know of an object, with its events. */
import { isStatus, StatusError } from '@t8s/meta';
import { all, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, getObject, listObjects } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import { parseTargets, type Target } from '../../resources/targets.ts';
import { Failure, Failures, failureText } from '../failure.ts';
import { fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { describeAny } from './any-kind.ts';
import { describeAutoscaler } from './autoscaler.ts';
import { describeCertificateRequest } from './certificate-request.ts';
import type { Describer } from './describer.ts';
import { Description } from './description.ts';
import { describeDisruptionBudget } from './disruption-budget.ts';
import { describeEndpointSlice, describeEndpoints } from './endpoints.ts';
import { describeIngress, describeIngressClass, describeIpAddress, describeServiceCidr } from './ingress.ts';
import { describeCronJob, describeJob } from './jobs.ts';
import { describeLimitRange, describeResourceQuota } from './limits.ts';
import { describeNetworkPolicy } from './network-policy.ts';
import { describeNode } from './node.ts';
import { describeConfigMap, describeNamespace, describePriorityClass, describeSecret } from './plain-kinds.ts';
import { describePod } from './pod.ts';
import { describeBinding, describeRole } from './roles.ts';
import { describeService } from './service.ts';
import { describeServiceAccount } from './service-account.ts';
import { describeReplicationController, describeStatefulSet } from './stateful-set.ts';
import { describeCsiNode, describeStorageClass, describeVolumeAttributesClass } from './storage.ts';
import { describePersistentVolume, describePersistentVolumeClaim } from './volume-claims.ts';
import { describeDaemonSet, describeDeployment, describeReplicaSet } from './workloads.ts';

export const describeVerb: VerbBody = {
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
  'apps/StatefulSet': describeStatefulSet,
  '/ReplicationController': describeReplicationController,
  'batch/Job': describeJob,
  'batch/CronJob': describeCronJob,
  'autoscaling/HorizontalPodAutoscaler': describeAutoscaler,
  'policy/PodDisruptionBudget': describeDisruptionBudget,
  '/LimitRange': describeLimitRange,
  '/ResourceQuota': describeResourceQuota,
  '/PersistentVolume': describePersistentVolume,
  '/PersistentVolumeClaim': describePersistentVolumeClaim,
  'storage.k8s.io/StorageClass': describeStorageClass,
  'storage.k8s.io/CSINode': describeCsiNode,
  'storage.k8s.io/VolumeAttributesClass': describeVolumeAttributesClass,
  'networking.k8s.io/Ingress': describeIngress,
  'networking.k8s.io/IngressClass': describeIngressClass,
  'networking.k8s.io/NetworkPolicy': describeNetworkPolicy,
  'networking.k8s.io/ServiceCIDR': describeServiceCidr,
  'networking.k8s.io/IPAddress': describeIpAddress,
  'rbac.authorization.k8s.io/Role': describeRole,
  'rbac.authorization.k8s.io/ClusterRole': describeRole,
  'rbac.authorization.k8s.io/RoleBinding': describeBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': describeBinding,
  'certificates.k8s.io/CertificateSigningRequest': describeCertificateRequest,
};

interface Found {
  object: AnyObject;
  resource: Resource;
}

async function describe(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new Failure(
      `error: You must specify the type of resource to describe. Use "${path.split(' ')[0]} api-resources" for a complete list of supported resources.`,
    );
  const targets = await targetsOf(invocation);
  const { found, errors } = await fetchAll(invocation, targets);
  const [error] = errors;
  if (args.length === 2 && errors.length === 1 && isStatus(error, 'NotFound')) {
    for (const one of await startingWith(invocation, targets, error)) session.io.out(`${await describeOne(invocation, one)}\n`);
    return;
  }
  for (const [i, one] of found.entries()) session.io.out((i === 0 ? '' : '\n\n') + (await describeOne(invocation, one)));
  if (errors.length > 0) throw new Failure(errors.map(failureText).join('\n'));
  if (found.length === 0)
    session.io.err(flags.on('all-namespaces') ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
}

async function targetsOf({ session, args, flags }: Invocation): Promise<Target[]> {
  if (flags.list('filename').length > 0) {
    const failures = new Failures();
    const files = await all(objectsInFiles(session, flags, failures));
    failures.throwAny();
    return files.map(({ object, resource, namespace }) => ({
      resource,
      name: object.metadata.name ?? '',
      ...(namespace && { namespace }),
    }));
  }
  const targets = await parseTargets(args, session.discovery);
  if (targets.some(({ name }) => name !== undefined)) {
    if (flags.text('selector') !== '') throw new Failure('error: name cannot be provided when a selector is specified');
    if (flags.on('all-namespaces')) throw new Failure('error: a resource cannot be retrieved by name across all namespaces');
  }
  return targets;
}

/** All that can be had; what can't is told at the end. */
async function fetchAll({ session, flags }: Invocation, targets: readonly Target[]): Promise<{ found: Found[]; errors: StatusError[] }> {
  const { client } = session;
  const labelSelector = flags.text('selector');
  const found: Found[] = [];
  const errors: StatusError[] = [];
  for (const { resource, name, namespace = session.namespace } of targets) {
    const listed = { namespace: flags.on('all-namespaces') ? undefined : namespace, labelSelector };
    try {
      const objects =
        name === undefined ? (await listObjects(client, resource, listed)).items : [await getObject(client, resource, { namespace, name })];
      found.push(...objects.map((object) => ({ object, resource })));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      errors.push(error);
    }
  }
  return { found, errors };
}

/** The objects whose names begin with the one name given. Fails with `missing` where there are none. */
async function startingWith({ session, args }: Invocation, targets: readonly Target[], missing: StatusError): Promise<Found[]> {
  const [type = '', prefix = ''] = args;
  const [target, ...others] = targets;
  if (!target || type.includes('/')) throw missing;
  if (others.length > 0) throw new Failure('error: you may only specify a single resource type');
  const { resource } = target;
  const { items } = await listObjects(session.client, resource, { namespace: session.namespace });
  const found = items.filter(({ metadata }) => metadata.name?.startsWith(prefix)).map((object) => ({ object, resource }));
  if (found.length === 0) throw missing;
  return found;
}

async function describeOne({ session, flags }: Invocation, { object, resource }: Found): Promise<string> {
  const to = new Description();
  const describer: Describer = (describers[`${resource.group}/${resource.kind}`] as Describer | undefined) ?? describeAny;
  await describer({ object, resource, session, to, showEvents: flags.on('show-events') });
  return String(to);
}
