/** `kubectl logs`: what containers have written. */
import type { Pod } from '@t8s/api';
import { isStatus, parseTime } from '@t8s/meta';
import { podsBehind } from '../../resources/pods-behind.ts';
import { listObjects } from '../../resources/requests.ts';
import { pathOf, withQuery } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { selectorFlag } from '../shared-flags.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { allContainers, defaultContainer } from './containers.ts';

export const logsVerb: VerbBody = {
  about: 'If the pod has only one container, the container name is optional.',
  examples: `# The logs of a pod's only container
kubectl logs nginx

# All containers of the pods with a label
kubectl logs -l app=nginx --all-containers=true

# The container that ended before this one
kubectl logs -p -c ruby web-1

# As they are written
kubectl logs -f -c ruby web-1

# The last 20 lines
kubectl logs --tail=20 nginx

# What was written in the last hour
kubectl logs --since=1h nginx

# Of the first pod of a deployment
kubectl logs deployment/nginx -c nginx-1`,
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  flags: [
    { name: 'all-containers', type: 'boolean', default: false, help: "Get all containers' logs in the pod(s)." },
    { name: 'container', short: 'c', type: 'string', help: 'Print the logs of this container' },
    { name: 'follow', short: 'f', type: 'boolean', default: false, help: 'Specify if the logs should be streamed.' },
    { name: 'limit-bytes', type: 'number', default: 0, help: 'Maximum bytes of logs to return. Defaults to no limit.' },
    {
      name: 'max-log-requests',
      type: 'number',
      default: 5,
      help: 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.',
    },
    {
      name: 'prefix',
      type: 'boolean',
      default: false,
      help: 'Prefix each log line with the log source (pod name and container name)',
    },
    {
      name: 'previous',
      short: 'p',
      type: 'boolean',
      default: false,
      help: 'If true, print the logs for the previous instance of the container in a pod if it exists.',
    },
    selectorFlag,
    { name: 'since', type: 'duration', default: '0s', help: 'Only return logs newer than a relative duration like 5s, 2m, or 3h.' },
    { name: 'since-time', type: 'string', help: 'Only return logs after a specific date (RFC3339).' },
    { name: 'tail', type: 'number', default: -1, help: 'Lines of recent log file to display. Defaults to -1, or 10 with a selector.' },
    { name: 'timestamps', type: 'boolean', default: false, help: 'Include timestamps on each line in the log output' },
  ],
  run: logs,
};

interface Source {
  pod: Pod;
  container: string;
}

async function logs(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const query = queryOf(invocation);
  const sources = await sourcesOf(invocation);
  const follow = flags.on('follow');
  const most = flags.number('max-log-requests');
  if (follow && sources.length > most)
    throw new Failure(
      `error: you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  const resource = await session.discovery.find('pods');
  const print = async ({ pod: { metadata }, container }: Source): Promise<void> => {
    const { namespace, name = '' } = metadata;
    const path = withQuery(pathOf(resource, { namespace, name, subresource: 'log' }), { ...query, container });
    const prefix = flags.on('prefix') ? `[pod/${name}/${container}] ` : '';
    const stream = await session.client.stream({ method: 'GET', path, signal: session.io.signal });
    for await (const part of prefix === '' ? stream : prefixed(stream, prefix)) session.io.out(part);
  };
  if (follow) await Promise.all(sources.map(print));
  else for (const source of sources) await print(source);
}

function queryOf({ flags }: Invocation): Record<string, string | number | boolean | undefined> {
  const since = flags.number('since');
  const sinceTime = flags.text('since-time');
  if (since > 0 && sinceTime !== '') throw new Failure('error: at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (sinceTime !== '' && parseTime(sinceTime) === undefined)
    throw new Failure(`error: parsing time "${sinceTime}" as "2006-01-02T15:04:05Z07:00": cannot parse "${sinceTime}" as "2006"`);
  const tail = flags.number('tail');
  if (tail < -1) throw new Failure('error: --tail must be greater than or equal to -1');
  const bySelector = flags.text('selector') !== '' && !flags.given('tail') && !flags.on('follow');
  return {
    follow: flags.on('follow'),
    previous: flags.on('previous'),
    timestamps: flags.on('timestamps'),
    ...(tail >= 0 && { tailLines: String(tail) }),
    ...(bySelector && { tailLines: 10 }),
    ...(since > 0 && { sinceSeconds: Math.ceil(since / 1000) }),
    ...(sinceTime !== '' && { sinceTime }),
    ...(flags.number('limit-bytes') > 0 && { limitBytes: flags.number('limit-bytes') }),
  };
}

async function sourcesOf(invocation: Invocation): Promise<Source[]> {
  const { session, args, flags } = invocation;
  const container = flags.text('container') || args[1] || '';
  if (flags.on('all-containers') && container !== '')
    throw new Failure(`error: --all-containers=true should not be specified with container name ${container}`);
  const selector = flags.text('selector');
  if ((args.length === 0 && selector === '') || args.length > 2)
    throw new Failure(
      "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
    );
  if (args.length > 0 && selector !== '')
    throw new Failure("error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples");
  const pods =
    selector === ''
      ? [await podToRead(invocation, container)]
      : ((
          await listObjects(session.client, await session.discovery.find('pods'), { namespace: session.namespace, labelSelector: selector })
        ).items as unknown as Pod[]);
  if (pods.length === 0) session.io.err(`No resources found in ${session.namespace} namespace.\n`);
  return pods.flatMap((pod) => {
    if (flags.on('all-containers')) return allContainers(pod).map((name) => ({ pod, container: name }));
    return [{ pod, container: container || defaultContainer(pod, (text) => session.io.err(text)) }];
  });
}

async function podToRead({ session, args }: Invocation, container: string): Promise<Pod> {
  const wanting = { purpose: 'get the logs from', tell: (text: string) => session.io.err(text) };
  const pod = await podsBehind(session, args[0] ?? '', wanting).catch((error: unknown) => {
    if (!isStatus(error, 'NotFound')) throw error;
    throw new Failure(`error: error from server (NotFound): ${(error as Error).message} in namespace "${session.namespace}"`);
  });
  if (container !== '' && !allContainers(pod).includes(container))
    throw new Failure(`error: container ${container} is not valid for pod ${pod.metadata.name}`);
  return pod;
}

async function* prefixed(stream: AsyncIterable<Buffer>, prefix: string): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${prefix}${line}\n`;
  }
  if (rest !== '') yield `${prefix}${rest}`;
}
