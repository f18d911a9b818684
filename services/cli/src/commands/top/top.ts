/** `kubectl top`: what nodes and pods use, where something serves metrics.k8s.io. */
import { parseQuantity, parseTime } from '@t8s/meta';
import { Columns } from '../../printers/columns.ts';
import { type AnyObject, getObject, listObjects } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import { formatDuration } from '../duration.ts';
import { Failure, usageFailure } from '../failure.ts';
import { selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation, Verb, VerbBody } from '../verb.ts';

const shared: readonly Flag[] = [
  { name: 'no-headers', type: 'boolean', default: false, help: 'If present, print output without headers' },
  selectorFlag,
  { name: 'sort-by', type: 'string', help: "If non-empty, sort by 'cpu' or 'memory'." },
];

const nodeVerb: Verb = {
  name: 'node',
  aliases: ['nodes', 'no'],
  summary: 'Display resource (CPU/memory) usage of nodes',
  examples: '# All nodes\nkubectl top node',
  usage: '[NAME | -l label]',
  flags: [
    ...shared,
    {
      name: 'show-capacity',
      type: 'boolean',
      default: false,
      help: 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.',
    },
  ],
  run: topNodes,
};

const podVerb: Verb = {
  name: 'pod',
  aliases: ['pods', 'po'],
  summary: 'Display resource (CPU/memory) usage of pods',
  examples: '# The pods of the namespace\nkubectl top pod\n\n# Each of their containers\nkubectl top pod --containers',
  usage: '[NAME | -l label]',
  flags: [
    ...shared,
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If present, list the requested object(s) across all namespaces.',
    },
    { name: 'containers', type: 'boolean', default: false, help: 'If present, print usage of containers within a pod.' },
    { name: 'field-selector', type: 'string', help: "Selector (field query) to filter on, supports '=', '==', and '!='." },
    { name: 'sum', type: 'boolean', default: false, help: 'Print the sum of the resource usage' },
  ],
  run: topPods,
};

export const topVerb: VerbBody = {
  about: 'Usage is measured by a metrics server in the cluster; without one the command fails.',
  verbs: [nodeVerb, podVerb],
};

type Usage = Record<string, string>;
interface Row {
  cells: string[];
  cpu: number;
  memory: number;
  after: string[];
}

const cores = ({ cpu = '0' }: Usage): number => parseQuantity(cpu).milliValue;
const mebibytes = ({ memory = '0' }: Usage): number => Math.floor(parseQuantity(memory).value / 2 ** 20);

async function metricsOf(session: Invocation['session'], name: string): Promise<Resource> {
  const found = (await session.discovery.all()).find(({ group, resource }) => group === 'metrics.k8s.io' && resource === name);
  if (!found) throw new Failure('error: Metrics API not available');
  return found;
}

async function measured({ session, args, flags, path }: Invocation, resource: Resource): Promise<AnyObject[]> {
  const sortBy = flags.text('sort-by');
  if (!['', 'cpu', 'memory'].includes(sortBy)) throw new Failure('error: --sort-by accepts only cpu or memory');
  if (args.length > 1) throw usageFailure(path, `${path.split(' ').at(-1)} [NAME | -l label]`);
  const [name] = args;
  const { namespace } = session;
  if (name !== undefined && flags.text('selector') !== '') throw new Failure('error: only one of NAME or --selector can be provided');
  if (name !== undefined) return [await getObject(session.client, resource, { namespace, name })];
  const everywhere = flags.has('all-namespaces') && flags.on('all-namespaces');
  const { items } = await listObjects(session.client, resource, {
    namespace: everywhere ? undefined : namespace,
    labelSelector: flags.text('selector'),
  });
  return items;
}

function print({ session, flags }: Invocation, header: readonly string[], rows: readonly Row[]): void {
  const by = flags.text('sort-by');
  const ordered = by === '' ? rows : [...rows].sort((a, b) => (by === 'cpu' ? b.cpu - a.cpu : b.memory - a.memory));
  const lines = ordered.map(({ cells, after }) => [...cells, ...after]);
  session.io.out(new Columns().format(flags.on('no-headers') ? lines : [[...header], ...lines]));
}

async function topNodes(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const items = await measured(invocation, await metricsOf(session, 'nodes'));
  if (items.length === 0) throw new Failure('error: metrics not available yet');
  const { items: nodes } = await listObjects(session.client, await session.discovery.find('nodes'), {});
  const rows = items.map(({ metadata, usage }): Row => {
    const node = nodes.find((one) => one.metadata.name === metadata.name);
    const status = (node?.['status'] ?? {}) as { capacity?: Usage; allocatable?: Usage };
    const available = (flags.on('show-capacity') ? status.capacity : status.allocatable) ?? {};
    const [cpu, memory] = [cores(usage as Usage), mebibytes(usage as Usage)];
    const percent = (used: number, of: number): string => (of > 0 ? `${Math.floor((100 * used) / of)}%` : '<unknown>');
    const cells = [metadata.name ?? '', `${cpu}m`, percent(cpu, cores(available)), `${memory}Mi`, percent(memory, mebibytes(available))];
    return { cells, cpu, memory, after: [] };
  });
  print(invocation, ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], rows);
}

async function topPods(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const items = await measured(invocation, await metricsOf(session, 'pods'));
  if (items.length === 0) return sayWhyNone(invocation);
  const rows = items.flatMap(({ metadata, containers }): Row[] => {
    const list = containers as { name: string; usage: Usage }[];
    const place = flags.on('all-namespaces') ? [metadata.namespace ?? ''] : [];
    const row = (names: string[], of: typeof list): Row => {
      const cpu = of.reduce((sum, { usage }) => sum + cores(usage), 0);
      const memory = of.reduce((sum, { usage }) => sum + mebibytes(usage), 0);
      return { cells: [...place, metadata.name ?? '', ...names], cpu, memory, after: [`${cpu}m`, `${memory}Mi`] };
    };
    return flags.on('containers') ? list.map((one) => row([one.name], [one])) : [row([], list)];
  });
  const header = [
    ...(flags.on('all-namespaces') ? ['NAMESPACE'] : []),
    flags.on('containers') ? 'POD' : 'NAME',
    ...(flags.on('containers') ? ['NAME'] : []),
  ];
  print(invocation, [...header, 'CPU(cores)', 'MEMORY(bytes)'], rows);
}

/** How long a new pod may be unmeasured. */
const patienceMs = 120_000;

/** Nothing is measured: there is nothing to measure, it is too new, or something is wrong. */
async function sayWhyNone({ session, args, flags }: Invocation): Promise<void> {
  const { namespace, io } = session;
  const everywhere = flags.on('all-namespaces');
  const resource = await session.discovery.find('pods');
  const [name] = args;
  const pods =
    name === undefined
      ? (
          await listObjects(session.client, resource, {
            namespace: everywhere ? undefined : namespace,
            labelSelector: flags.text('selector'),
          })
        ).items
      : [await getObject(session.client, resource, { namespace, name })];
  if (pods.length === 0) return io.err(everywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`);
  for (const { metadata } of pods) {
    const age = io.now() - (parseTime(metadata.creationTimestamp ?? '') ?? io.now());
    if (age > patienceMs)
      throw new Failure(`error: Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${formatDuration(age)}`);
  }
  throw new Failure('error: metrics not available yet');
}
