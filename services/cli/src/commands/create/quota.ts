import { amounts } from '../amounts.ts';
import { generatorVerb } from './generator.ts';

export const createQuotaVerb = generatorVerb({
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a quota with the specified name',
  examples: `# Limits of a namespace
kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3

# Only for pods without requests
kubectl create quota best-effort --hard=pods=100 --scopes=BestEffort`,
  usage: '[--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] ',
  flags: [
    { name: 'hard', type: 'string', help: 'A comma-delimited set of resource=quantity pairs that define a hard limit.' },
    { name: 'scopes', type: 'string', help: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.' },
  ],
  failing: 'failed to create quota: ',
  object({ flags }) {
    const hard = amounts(flags.text('hard'));
    const scopes = flags.text('scopes').split(',').filter(Boolean);
    return {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      spec: { ...(hard && { hard }), ...(scopes.length > 0 && { scopes }) },
      status: {},
    };
  },
});
