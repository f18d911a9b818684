import { generatorVerb } from './generator.ts';

export const createNamespaceVerb = generatorVerb({
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  examples: `# A namespace called my-namespace
kubectl create namespace my-namespace`,
  flags: [],
  object: () => ({ apiVersion: 'v1', kind: 'Namespace', spec: {}, status: {} }),
});
