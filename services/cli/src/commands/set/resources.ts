import { amounts } from '../amounts.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { containersLike, notAPod, podSpecOf } from './pod-spec.ts';
import { containersFlag, setFlags, update } from './update.ts';

export const setResourcesVerb: Verb = {
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  examples: `# The limits of one container
kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi

# Limits and requests of all
kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi`,
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  flags: [
    ...setFlags,
    containersFlag,
    { name: 'limits', type: 'string', help: "The resource requirement limits for this container.  For example, 'cpu=100m,memory=256Mi'." },
    {
      name: 'requests',
      type: 'string',
      help: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.",
    },
  ],
  run: setResources,
};

async function setResources(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  if (flags.text('limits') === '' && flags.text('requests') === '')
    throw new Failure('error: you must specify an update to requests or limits (in the form of --requests/--limits)');
  const [limits, requests] = [amounts(flags.text('limits')), amounts(flags.text('requests'))];
  await update(invocation, {
    named: args,
    done: 'resource requirements updated',
    change(object, { resource }) {
      const pod = podSpecOf(object);
      if (!pod) throw notAPod({ object, resource });
      const containers = containersLike(pod, flags.text('containers'));
      if (containers.length === 0) throw new Failure(`error: unable to find container named ${flags.text('containers')}`);
      for (const container of containers) {
        container.resources ??= {};
        if (limits) container.resources.limits = { ...container.resources.limits, ...limits };
        if (requests) container.resources.requests = { ...container.resources.requests, ...requests };
      }
    },
  });
}
