/** `kubectl debug`: a container to look around in: beside those of a pod, in a copy of the pod, or on a node. */
import type { Node, Pod } from '@t8s/api';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { parseTargets } from '../../resources/targets.ts';
import { attachTo } from '../attach/attach-to.ts';
import { Failure } from '../failure.ts';
import { objectVersions } from '../object-versions.ts';
import { twoWay } from '../set/two-way.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';
import { copyOf, debuggerOf, nodePodOf, randomSuffix } from './debug-pods.ts';

export const debugVerb: VerbBody = {
  about:
    'A pod gets an ephemeral container, or with --copy-to a copy with one more container. On a node a pod is made that sees the host, its file system under /host.',
  examples: `# A shell beside the containers of a pod
kubectl debug mypod -it --image=busybox

# One that sees the processes of a container
kubectl debug mypod -it --image=busybox --target=main

# In a copy of the pod
kubectl debug mypod -it --image=busybox --copy-to=my-debugger

# On a node
kubectl debug node/mynode -it --image=busybox`,
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  flags: [
    {
      name: 'arguments-only',
      type: 'boolean',
      default: false,
      help: 'If specified, everything after -- will be passed to the new container as Args instead of Command.',
    },
    {
      name: 'attach',
      type: 'boolean',
      default: false,
      help: "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.",
    },
    { name: 'container', short: 'c', type: 'string', help: 'Container name to use for debug container.' },
    { name: 'copy-to', type: 'string', help: 'Create a copy of the target Pod with this name.' },
    { name: 'env', type: 'texts', help: 'Environment variables to set in the container.' },
    { name: 'image', type: 'string', help: 'Container image to use for debug container.' },
    { name: 'image-pull-policy', type: 'string', help: 'The image pull policy for the container.' },
    {
      name: 'profile',
      type: 'string',
      default: 'legacy',
      help: 'Taken for the sake of scripts: the containers of this client are those of the profile "legacy".',
    },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'If true, suppress informational messages.' },
    { name: 'replace', type: 'boolean', default: false, help: "When used with '--copy-to', delete the original Pod." },
    {
      name: 'same-node',
      type: 'boolean',
      default: false,
      help: "When used with '--copy-to', schedule the copy of target Pod on the same node.",
    },
    {
      name: 'share-processes',
      type: 'boolean',
      default: true,
      help: "When used with '--copy-to', enable process namespace sharing in the copy.",
    },
    {
      name: 'stdin',
      short: 'i',
      type: 'boolean',
      default: false,
      help: 'Keep stdin open on the container(s) in the pod, even if nothing is attached.',
    },
    { name: 'target', type: 'string', help: 'When using an ephemeral container, target processes in this container name.' },
    { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Allocate a TTY for the debugging container.' },
  ],
  run: debug,
};

async function debug(invocation: Invocation): Promise<void> {
  const { session, args, flags } = invocation;
  const [named = ''] = args;
  if (flags.text('image') === '' && flags.text('copy-to') === '')
    throw new Failure('error: you must specify --image when not using --copy-to.');
  if (named === '') throw new Failure('error: NAME is required for debug');
  if (flags.on('tty') && !flags.on('stdin')) throw new Failure('error: -i/--stdin is required for containers with -t/--tty=true');
  if (flags.text('target') !== '' && flags.text('copy-to') !== '')
    throw new Failure('error: --target is incompatible with --copy-to. Use --share-processes instead.');
  if (flags.text('profile') === 'legacy')
    session.io.err(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    );
  const [target] = await parseTargets(named.includes('/') ? [named] : ['pods', named], session.discovery);
  if (!target) throw new Failure('error: NAME is required for debug');
  const object = await getObject(session.client, target.resource, { namespace: session.namespace, name: target.name });
  const { kind } = target.resource;
  if (kind !== 'Pod' && kind !== 'Node') throw new Failure(`error: "${target.resource.resource}" not supported by debug`);
  const made =
    kind === 'Node'
      ? await onNode(invocation, object as unknown as Node)
      : flags.text('copy-to') === ''
        ? await inPod(invocation, object as unknown as Pod)
        : await inCopy(invocation, object as unknown as Pod);
  if (flags.given('attach') ? flags.on('attach') : flags.on('stdin')) await attachWhenRunning(invocation, made);
}

interface Made {
  pod: Pod;
  container: string;
}

const tell = ({ session, flags }: Invocation, text: string): void => {
  if (!flags.on('quiet')) session.io.err(`${text}\n`);
};

function nameOf(invocation: Invocation): string {
  const given = invocation.flags.text('container');
  if (given !== '') return given;
  const name = `debugger-${randomSuffix()}`;
  tell(invocation, `Defaulting debug container name to ${name}.`);
  return name;
}

const containerOf = (invocation: Invocation, name: string): ReturnType<typeof debuggerOf> =>
  debuggerOf({ name, flags: invocation.flags, command: [...invocation.args.slice(1), ...(invocation.rest ?? [])] });

async function inPod(invocation: Invocation, pod: Pod): Promise<Made> {
  const { session, flags } = invocation;
  const target = flags.text('target');
  if (target !== '')
    session.io.out(
      `Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  const name = nameOf(invocation);
  const container = { ...containerOf(invocation, name), ...(target !== '' && { targetContainerName: target }) };
  const { namespace, name: podName } = pod.metadata;
  const resource = await session.discovery.find('pods');
  const place = pathOf(resource, { namespace, name: podName, subresource: 'ephemeralcontainers' });
  const { ephemeralContainers = [] } = pod.spec;
  const before = pod as unknown as AnyObject;
  const after = { ...before, spec: { ...pod.spec, ephemeralContainers: [...ephemeralContainers, container] } };
  const { patch: body, contentType } = twoWay({ object: before, resource }, after);
  const { object } = await write(session.client, 'PATCH', place, { body, contentType });
  return { pod: object as unknown as Pod, container: name };
}

async function create({ session }: Invocation, pod: object): Promise<Pod> {
  const place = pathOf(await session.discovery.find('pods'), { namespace: session.namespace });
  return (await write(session.client, 'POST', place, { body: pod })).object as unknown as Pod;
}

async function inCopy(invocation: Invocation, pod: Pod): Promise<Made> {
  const { session, flags } = invocation;
  const hasImage = flags.text('image') !== '';
  const name = hasImage ? nameOf(invocation) : flags.text('container') || (pod.spec.containers[0]?.name ?? '');
  const copy = copyOf(pod, { flags, added: hasImage ? containerOf(invocation, name) : undefined });
  if (flags.on('replace')) {
    const place = pathOf(await session.discovery.find('pods'), { namespace: pod.metadata.namespace, name: pod.metadata.name });
    await write(session.client, 'DELETE', place, { body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 } });
  }
  return { pod: await create(invocation, copy), container: name };
}

async function onNode(invocation: Invocation, { metadata: { name: node = '' } }: Node): Promise<Made> {
  const container = invocation.flags.text('container') || 'debugger';
  const pod = nodePodOf(node, containerOf(invocation, container));
  if (!invocation.flags.on('quiet'))
    invocation.session.io.out(`Creating debugging pod ${pod.metadata.name} with container ${container} on node ${node}.\n`);
  return { pod: await create(invocation, pod), container };
}

async function attachWhenRunning({ session, flags }: Invocation, { pod, container }: Made): Promise<void> {
  const { namespace, name = '' } = pod.metadata;
  const followed = { resource: await session.discovery.find('pods'), namespace, name };
  for await (const version of objectVersions(session, followed, session.io.signal)) {
    if (!version) throw new Failure(`error: pods "${name}" not found`);
    const state = stateOf(version, container);
    if (state?.terminated) throw new Failure(`error: container ${container} has ended with exit code ${state.terminated.exitCode}`);
    if (!state?.running) continue;
    const streams = streamsOf(flags);
    return attachTo(session, version as unknown as Pod, { container, path: 'kubectl attach', ...streams });
  }
}

const streamsOf = (flags: Flags): { stdin: boolean; tty: boolean; quiet: boolean } => ({
  stdin: flags.on('stdin'),
  tty: flags.on('tty'),
  quiet: flags.on('quiet'),
});

function stateOf(object: AnyObject, container: string): { running?: object; terminated?: { exitCode: number } } | undefined {
  const { status } = object as unknown as Pod;
  const all = [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])];
  return all.find(({ name }) => name === container)?.state;
}
