import { generatorVerb } from './generator.ts';

export const createDeploymentVerb = generatorVerb({
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  examples: `# A deployment that runs the nginx image
kubectl create deployment web --image=nginx

# Three replicas with port 80, and a command of their own
kubectl create deployment web --image=busybox --replicas=3 --port=80 -- date`,
  usage: '--image=image -- [COMMAND] [args...] ',
  flags: [
    {
      name: 'image',
      type: 'strings',
      required: true,
      help: 'Image names to run. A deployment can have multiple images set for multiple containers.',
    },
    { name: 'port', type: 'number', default: -1, help: 'The containerPort that this deployment exposes.' },
    { name: 'replicas', short: 'r', type: 'number', default: 1, help: 'Number of replicas to create. Default is 1.' },
  ],
  failing: 'failed to create deployment: ',
  object({ name, flags, command }) {
    const labels = { app: name };
    const port = flags.number('port');
    const containers = flags.list('image').map((image, i) => ({
      name: containerName(image),
      image,
      resources: {},
      ...(command.length > 0 && { command }),
      ...(port > 0 && i === 0 && { ports: [{ containerPort: port }] }),
    }));
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { labels },
      spec: {
        replicas: flags.number('replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: { metadata: { creationTimestamp: null, labels }, spec: { containers } },
      },
      status: {},
    };
  },
});

/** The last part of an image's name, without tag and digest. */
export function containerName(image: string): string {
  const last = image.split('/').at(-1) ?? '';
  return last.replace(/[:@].*$/, '').replaceAll('_', '-');
}
