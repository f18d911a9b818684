import { objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { apiVersionOf, pathOf, type Resource } from '../../resources/resource.ts';
import { Failure, Failures } from '../failure.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag } from '../shared-flags.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';

export const autoscaleVerb: VerbBody = {
  about:
    'Creates an autoscaler that chooses and sets the number of pods of a deployment, replica set, stateful set or replication controller.',
  examples: `# Between 2 and 10 pods
kubectl autoscale deployment foo --min=2 --max=10

# By the CPU they use
kubectl autoscale rc foo --max=5 --cpu-percent=80`,
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu-percent=CPU]',
  flags: [
    {
      name: 'cpu-percent',
      type: 'number',
      default: -1,
      help: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.',
    },
    dryRunFlag,
    fieldManagerFlag('kubectl-autoscale'),
    ...fileFlags('identifying the resource to autoscale.'),
    {
      name: 'max',
      type: 'number',
      default: -1,
      required: true,
      help: 'The upper limit for the number of pods that can be set by the autoscaler. Required.',
    },
    { name: 'min', type: 'number', default: -1, help: 'The lower limit for the number of pods that can be set by the autoscaler.' },
    {
      name: 'name',
      type: 'string',
      help: 'The name for the newly created object. If not specified, the name of the input resource will be used.',
    },
    outputFlag,
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
    },
  ],
  run: autoscale,
};

async function autoscale({ session, args, flags }: Invocation): Promise<void> {
  const [min, max] = [flags.number('min'), flags.number('max')];
  if (max < 1) throw new Failure(`error: --max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new Failure(`error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const outcome = new Outcome(session.io, flags);
  const autoscalers = await session.discovery.find('horizontalpodautoscalers.v2.autoscaling');
  const failures = new Failures();
  for (const { object, resource, namespace } of await objectsOnServer(session, args, flags, { selects: false, failures }))
    await failures.attempt(async () => {
      if (!scalable.has(resource.kind)) throw new Failure(`error: cannot autoscale a ${groupKind(resource)}`);
      const bare = autoscalerOf({ name: object.metadata.name ?? '', resource, flags });
      const body = flags.on('save-config') ? withLastApplied(bare) : bare;
      if (dryRunOf(flags) === 'client') return outcome.tell({ object: body, resource: autoscalers, isTyped: true }, 'autoscaled');
      const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
      const created = await write(session.client, 'POST', pathOf(autoscalers, { namespace }), { query, body });
      outcome.tell({ object: created.object, resource: autoscalers, isTyped: true }, 'autoscaled');
    });
  failures.throwAny();
}

const scalable = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);
const groupKind = ({ kind, group }: Resource): string => (group === '' ? kind : `${kind}.${group}`);

function autoscalerOf({ name, resource, flags }: { name: string; resource: Resource; flags: Flags }): AnyObject {
  const cpu = flags.number('cpu-percent');
  const min = flags.number('min');
  const target = { type: 'Utilization', averageUtilization: cpu };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { creationTimestamp: null, name: flags.text('name') || name } as unknown as AnyObject['metadata'],
    spec: {
      scaleTargetRef: { kind: resource.kind, name, apiVersion: apiVersionOf(resource) },
      ...(min > 0 && { minReplicas: min }),
      maxReplicas: flags.number('max'),
      ...(cpu >= 0 && { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}
