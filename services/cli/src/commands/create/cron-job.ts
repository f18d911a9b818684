import { generatorVerb } from './generator.ts';

export const createCronJobVerb = generatorVerb({
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  examples: `# A job every minute
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"

# With a command of its own
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date`,
  usage: "--image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] ",
  flags: [
    { name: 'image', type: 'string', required: true, help: 'Image name to run.' },
    { name: 'restart', type: 'string', help: "job's restart policy. supported values: OnFailure, Never" },
    { name: 'schedule', type: 'string', required: true, help: 'A schedule in the Cron format the job should be run with.' },
  ],
  failing: 'failed to create cronjob: ',
  object({ name, flags, command }) {
    const container = { name, image: flags.text('image'), resources: {}, ...(command.length > 0 && { command }) };
    const pod = { containers: [container], restartPolicy: flags.text('restart') || 'OnFailure' };
    const metadata = { creationTimestamp: null };
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        jobTemplate: { metadata: { ...metadata, name }, spec: { template: { metadata, spec: pod } } },
        schedule: flags.text('schedule'),
      },
      status: {},
    };
  },
});
