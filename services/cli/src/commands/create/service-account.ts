import { generatorVerb } from './generator.ts';

export const createServiceAccountVerb = generatorVerb({
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Create a service account with the specified name',
  examples: `# A service account called my-account
kubectl create serviceaccount my-account`,
  flags: [],
  failing: 'failed to create serviceaccount: ',
  object: () => ({ apiVersion: 'v1', kind: 'ServiceAccount' }),
});
