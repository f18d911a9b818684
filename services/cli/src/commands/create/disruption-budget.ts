import { Failure } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import type { Flags } from '../verb.ts';
import { generatorVerb } from './generator.ts';

export const createDisruptionBudgetVerb = generatorVerb({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name',
  examples: `# At least one of these pods is always there
kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1

# Half of them may be away
kubectl create pdb my-pdb --selector=app=nginx --max-unavailable=50%`,
  usage: '--selector=SELECTOR --min-available=N ',
  flags: [
    { name: 'max-unavailable', type: 'string', help: 'The maximum number or percentage of unavailable pods this budget requires.' },
    { name: 'min-available', type: 'string', help: 'The minimum number or percentage of available pods this budget requires.' },
    {
      name: 'selector',
      type: 'string',
      help: 'A label selector to use for this budget. Only equality-based selector requirements are supported.',
    },
  ],
  failing: 'failed to create poddisruptionbudgets: ',
  object: ({ flags }) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    spec: specOf(flags),
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),
});

function specOf(flags: Flags): object {
  const [selector, min, max] = ['selector', 'min-available', 'max-unavailable'].map((name) => flags.text(name)) as [string, string, string];
  if (selector === '') throw new Failure('error: a selector must be specified');
  if (min === '' && max === '') throw new Failure('error: one of min-available or max-unavailable must be specified');
  if (min !== '' && max !== '') throw new Failure('error: min-available and max-unavailable cannot be both specified');
  const amount = /^\d+$/.test(min || max) ? Number(min || max) : min || max;
  return { [min === '' ? 'maxUnavailable' : 'minAvailable']: amount, selector: { matchLabels: parseLabels(selector) } };
}
