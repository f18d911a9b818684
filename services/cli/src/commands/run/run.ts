/** `kubectl run`: a pod from an image, and with -i or --attach its streams. */
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, DecodeError, parseYaml } from '@t8s/codec';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { withChangeCause } from '../change-cause.ts';
import { Failure, usageFailure } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, outputFlag, recordFlag } from '../shared-flags.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';
import { attachCreated } from './attach-created.ts';
import { isImageName } from './image-name.ts';
import { podOf } from './pod.ts';

export const runVerb: VerbBody = {
  examples: `# A pod that runs nginx
kubectl run nginx --image=nginx

# With a port and a label of its own
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701 --labels="app=hazelcast,env=prod"

# A shell that is gone with this terminal
kubectl run -i -t busybox --image=busybox --restart=Never --rm

# Only print what would be sent
kubectl run nginx --image=nginx --dry-run=client -o yaml`,
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  flags: [
    { name: 'annotations', type: 'texts', help: 'Annotations to apply to the pod.' },
    {
      name: 'attach',
      type: 'boolean',
      default: false,
      help: "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.",
    },
    {
      name: 'command',
      type: 'boolean',
      default: false,
      help: "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    },
    dryRunFlag,
    { name: 'env', type: 'texts', help: 'Environment variables to set in the container.' },
    {
      name: 'expose',
      type: 'boolean',
      default: false,
      help: 'If true, create a ClusterIP service associated with the pod. Requires `--port`.',
    },
    fieldManagerFlag('kubectl-run'),
    { name: 'image', type: 'string', required: true, help: 'The image for the container to run.' },
    {
      name: 'image-pull-policy',
      type: 'string',
      help: 'The image pull policy for the container. If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    { name: 'labels', short: 'l', type: 'texts', help: 'Comma separated labels to apply to the pod. Will override previous values.' },
    {
      name: 'leave-stdin-open',
      type: 'boolean',
      default: false,
      help: 'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes.',
    },
    outputFlag,
    recordFlag,
    {
      name: 'override-type',
      type: 'string',
      default: 'merge',
      help: 'The method used to override the generated object: json, merge, or strategic.',
    },
    {
      name: 'overrides',
      type: 'string',
      help: 'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '1m0s',
      help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    { name: 'port', type: 'string', help: 'The port that this container exposes.' },
    { name: 'privileged', type: 'boolean', default: false, help: 'If true, run the container in privileged mode.' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'If true, suppress prompt messages.' },
    {
      name: 'restart',
      type: 'string',
      default: 'Always',
      help: 'The restart policy for this Pod. Legal values [Always, OnFailure, Never].',
    },
    {
      name: 'rm',
      type: 'boolean',
      default: false,
      help: "If true, delete the pod after it exits. Only valid when attaching to the container, e.g. with '--attach' or with '-i/--stdin'.",
    },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
    },
    {
      name: 'stdin',
      short: 'i',
      type: 'boolean',
      default: false,
      help: 'Keep stdin open on the container in the pod, even if nothing is attached.',
    },
    { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Allocate a TTY for the container in the pod.' },
  ],
  run,
};

async function run(invocation: Invocation): Promise<void> {
  const { session, args, rest = [], flags, path } = invocation;
  const [name = '', ...more] = args;
  const wrong = (message: string): Failure => usageFailure(path, message);
  if (name === '') throw wrong('NAME is required for run');
  const image = flags.text('image');
  if (!isImageName(image)) throw new Failure(`error: Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  const attaches = flags.given('attach') ? flags.on('attach') : flags.on('stdin') || flags.on('tty');
  if (flags.on('tty') && !flags.on('stdin')) throw wrong('-i/--stdin is required for containers with -t/--tty=true');
  if (flags.on('expose') && flags.text('port') === '') throw wrong('--port must be set when exposing a service');
  if (!['Always', 'OnFailure', 'Never'].includes(flags.text('restart'))) throw wrong(`invalid restart policy: ${flags.text('restart')}`);
  if (flags.on('rm') && !attaches) throw wrong('--rm should only be used for attached containers');
  if (attaches && dryRunOf(flags) !== 'none')
    throw wrong("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  const outcome = new Outcome(session.io, flags);
  const pod = withChangeCause(overridden(podOf({ name, command: [...more, ...rest], flags }), flags), invocation);
  if (flags.on('expose')) await create(invocation, serviceOf(name, flags), outcome);
  const created = await create(invocation, pod, outcome, attaches);
  if (attaches) await attachCreated(invocation, created);
}

const applied: Record<string, (object: AnyObject, patch: unknown) => unknown> = {
  json: (object, patch) => applyJsonPatch(object, patch),
  merge: (object, patch) => applyMergePatch(object, patch as Record<string, unknown>),
  strategic: (object, patch) => applyStrategicMergePatch(object, patch as Record<string, unknown>, 'Pod'),
};

function overridden(pod: AnyObject, flags: Flags): AnyObject {
  const text = flags.text('overrides');
  const patch = applied[flags.text('override-type')];
  if (!patch) throw new Failure(`error: invalid override type: ${flags.text('override-type')}`);
  if (text === '') return pod;
  try {
    return patch(pod, parseYaml(text)) as AnyObject;
  } catch (error) {
    throw error instanceof DecodeError ? new Failure('error: Invalid JSON Patch') : error;
  }
}

/** What is attached to is not told of. */
async function create({ session, flags }: Invocation, bare: AnyObject, outcome: Outcome, isSilent = false): Promise<AnyObject> {
  const resource = await session.discovery.ofKind(bare.apiVersion ?? '', bare.kind ?? '');
  const { namespace } = session;
  const placed = session.namespaceGiven ? { ...bare, metadata: { ...bare.metadata, namespace } } : bare;
  const object = flags.on('save-config') ? withLastApplied(placed) : placed;
  if (dryRunOf(flags) === 'client') {
    outcome.tell({ object, resource, isTyped: true }, 'created');
    return object;
  }
  const query = { fieldManager: flags.text('field-manager'), dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined };
  const created = await write(session.client, 'POST', pathOf(resource, { namespace }), { query, body: object });
  if (!isSilent) outcome.tell({ object: created.object, resource, isTyped: true }, 'created');
  return created.object;
}

function serviceOf(name: string, flags: Flags): AnyObject {
  const port = Number(flags.text('port'));
  const labels = flags.list('labels');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { creationTimestamp: null, name } as unknown as AnyObject['metadata'],
    spec: {
      ports: [{ port, protocol: 'TCP', targetPort: port }],
      selector: labels.length > 0 ? parseLabels(labels.join(',')) : { run: name },
    },
    status: { loadBalancer: {} },
  };
}
