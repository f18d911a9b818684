import type { CronJob, JobSpec } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { getObject } from '../../resources/requests.ts';
import { parseTargets } from '../../resources/targets.ts';
import type { Session } from '../../session.ts';
import { Failure, failureText } from '../failure.ts';
import { generatorVerb } from './generator.ts';

export const createJobVerb = generatorVerb({
  name: 'job',
  summary: 'Create a job with the specified name',
  examples: `# A job
kubectl create job my-job --image=busybox

# With a command of its own
kubectl create job my-job --image=busybox -- date

# Run a cron job now
kubectl create job test-job --from=cronjob/a-cronjob`,
  usage: '--image=image [--from=cronjob/name] -- [COMMAND] [args...] ',
  flags: [
    { name: 'from', type: 'string', help: 'The name of the resource to create a Job from (only cronjob is supported).' },
    { name: 'image', type: 'string', help: 'Image name to run.' },
  ],
  failing: 'failed to create job: ',
  async object({ name, flags, session, command }) {
    const [image, from] = [flags.text('image'), flags.text('from')];
    if ((image === '') === (from === '')) throw new Failure('error: either --image or --from must be specified');
    if (from !== '' && command.length > 0) throw new Failure('error: cannot specify --from and command');
    if (from !== '') return fromCronJob(session, name, from);
    const container = { name, image, resources: {}, ...(command.length > 0 && { command }) };
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      spec: { template: { metadata: { creationTimestamp: null }, spec: { containers: [container], restartPolicy: 'Never' } } },
      status: {},
    };
  },
});

async function fromCronJob(session: Session, name: string, from: string): Promise<Record<string, unknown>> {
  const [target] = await parseTargets([from], session.discovery);
  if (!target?.name) throw new Failure(`error: there is no need to specify a resource type as a separate argument: ${from}`);
  const { client, namespace } = session;
  const found = await getObject(client, target.resource, { namespace, name: target.name }).catch((error: unknown) => {
    // What is missing is told of as it is, not as a job that could not be made.
    throw error instanceof StatusError ? new Failure(failureText(error)) : error;
  });
  if (target.resource.kind !== 'CronJob') throw new Failure(`error: unknown object type ${target.resource.kind}`);
  const { metadata, spec } = found as unknown as CronJob;
  const template: Partial<JobSpec> = spec.jobTemplate.spec ?? {};
  const { annotations, labels } = spec.jobTemplate.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ...(labels && { labels }),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true }],
    },
    spec: { ...template, template: { ...template.template, metadata: { creationTimestamp: null, ...template.template?.metadata } } },
    status: {},
  };
}
