import { objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, selectorFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';
import { twoWay } from './two-way.ts';

export const setImageVerb: Verb = {
  name: 'image',
  summary: 'Update the image of a pod template',
  examples: `# Set the image of one container
kubectl set image deployment/web nginx=nginx:1.28

# Of all containers
kubectl set image deployment/web '*=nginx:1.28'`,
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  flags: [
    { name: 'all', type: 'boolean', default: false, help: 'Select all resources, in the namespace of the specified resource types' },
    dryRunFlag,
    fieldManagerFlag('kubectl-set'),
    ...fileFlags('identifying the resource to get from a server.'),
    outputFlag,
    selectorFlag,
  ],
  run: setImage,
};

interface ContainerLike {
  name: string;
  image?: string;
}

async function setImage({ session, args, flags }: Invocation): Promise<void> {
  const named = args.filter((arg) => !arg.includes('='));
  const images = args.filter((arg) => arg.includes('=')).map((arg) => arg.split('=', 2) as [string, string]);
  const found = await objectsOnServer(session, named, flags);
  if (images.length === 0) throw new Failure('error: at least one image update is required');
  const errors: string[] = [];
  const outcome = new Outcome(session.io, flags);
  for (const located of found) {
    const { object, resource, namespace } = located;
    const updated = structuredClone(object);
    const containers = containersOf(updated);
    if (!containers) {
      const { name } = object.metadata;
      errors.push(
        `error: ${resource.resource}/${name} the object is not a pod or does not have a pod template: *${resource.version}.${resource.kind}`,
      );
      continue;
    }
    const missing = images
      .filter(([name]) => name !== '*' && !containers.some((container) => container.name === name))
      .map(([name]) => name);
    if (missing.length > 0) {
      errors.push(...missing.map((name) => `error: unable to find container named "${name}"`));
      continue;
    }
    for (const container of containers)
      for (const [name, image] of images) if (name === '*' || name === container.name) container.image = image;
    const { patch, contentType } = twoWay(located, updated);
    if (Object.keys(patch).length === 0) continue;
    const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
    const result =
      dryRunOf(flags) === 'client'
        ? updated
        : (
            await write(session.client, 'PATCH', pathOf(resource, { namespace, name: object.metadata.name }), {
              query,
              body: patch,
              contentType,
            })
          ).object;
    outcome.tell({ object: result, resource, isTyped: true }, 'image updated');
  }
  if (errors.length > 0) throw new Failure(errors.join('\n'));
}

/** The containers of a pod, or of the pods a workload makes; undefined where there are none of either. */
function containersOf(object: AnyObject): ContainerLike[] | undefined {
  const spec = (object.spec ?? {}) as {
    template?: { spec?: PodLike };
    jobTemplate?: { spec?: { template?: { spec?: PodLike } } };
  } & PodLike;
  const pod = spec.template?.spec ?? spec.jobTemplate?.spec?.template?.spec ?? spec;
  return pod.containers && [...(pod.initContainers ?? []), ...pod.containers];
}

interface PodLike {
  containers?: ContainerLike[];
  initContainers?: ContainerLike[];
}
