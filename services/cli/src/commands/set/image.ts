import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { notAPod, podSpecOf } from './pod-spec.ts';
import { setFlags, update } from './update.ts';

export const setImageVerb: Verb = {
  name: 'image',
  summary: 'Update the image of a pod template',
  examples: `# Set the image of one container
kubectl set image deployment/web nginx=nginx:1.28

# Of all containers
kubectl set image deployment/web '*=nginx:1.28'`,
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  flags: setFlags,
  run: setImage,
};

async function setImage(invocation: Invocation): Promise<void> {
  const { args } = invocation;
  const isPair = (arg: string): boolean => arg.indexOf('=') > 0;
  const images = args.filter(isPair).map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] as const);
  const named = args.filter((arg) => !isPair(arg));
  const late = images.length > 0 ? args.slice(args.findIndex(isPair)).find((arg) => !isPair(arg)) : undefined;
  if (late !== undefined) throw new Failure(`error: all resources must be specified before image changes: ${late}`);
  await update(invocation, {
    named,
    done: 'image updated',
    change(object, { resource }) {
      if (images.length === 0) throw new Failure('error: at least one image update is required');
      const pod = podSpecOf(object);
      if (!pod) throw notAPod({ object, resource });
      const containers = [...(pod.initContainers ?? []), ...pod.containers];
      const missing = images.filter(([name]) => name !== '*' && !containers.some((container) => container.name === name));
      if (missing.length > 0) throw new Failure(missing.map(([name]) => `error: unable to find container named "${name}"`).join('\n'));
      for (const container of containers)
        for (const [name, image] of images) if (name === '*' || name === container.name) container.image = image;
    },
  });
}
