import { generatorVerb } from './generator.ts';

export const createPriorityClassVerb = generatorVerb({
  name: 'priorityclass',
  aliases: ['pc'],
  summary: 'Create a priority class with the specified name, value, globalDefault and description',
  examples: `# A class of important pods
kubectl create priorityclass high --value=1000 --description="important"`,
  flags: [
    {
      name: 'description',
      type: 'string',
      help: 'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    },
    {
      name: 'global-default',
      type: 'boolean',
      default: false,
      help: 'global-default specifies whether this PriorityClass should be considered as the default priority.',
    },
    {
      name: 'preemption-policy',
      type: 'string',
      default: 'PreemptLowerPriority',
      help: 'preemption-policy is the policy for preempting pods with lower priority.',
    },
    { name: 'value', type: 'number', default: 0, help: 'the value of this priority class.' },
  ],
  failing: 'failed to create priorityclass: ',
  object: ({ flags }) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    value: flags.number('value'),
    ...(flags.on('global-default') && { globalDefault: true }),
    ...(flags.text('description') && { description: flags.text('description') }),
    preemptionPolicy: flags.text('preemption-policy'),
  }),
});
