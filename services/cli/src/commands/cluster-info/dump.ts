/** `kubectl cluster-info dump`: what one would look at first when a cluster is not well, as files or as text. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Pod } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { objectPrinter } from '../../printers/object-printer.ts';
import { listObjects } from '../../resources/requests.ts';
import { pathOf, withQuery } from '../../resources/resource.ts';
import { containersOf } from '../logs/containers.ts';
import type { Invocation, Verb } from '../verb.ts';

export const dumpVerb: Verb = {
  name: 'dump',
  summary: 'Dump relevant information for debugging and diagnosis',
  about: 'Nodes, and of the namespaces events, controllers, services, daemon sets, deployments, replica sets, pods and their logs.',
  examples: `# To stdout
kubectl cluster-info dump

# To files
kubectl cluster-info dump --output-directory=/path/to/cluster-state

# Of all namespaces
kubectl cluster-info dump --all-namespaces`,
  flags: [
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If true, dump all namespaces.  If true, --namespaces is ignored.',
    },
    { name: 'namespaces', type: 'strings', help: 'A comma separated list of namespaces to dump.' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: 'json',
      help: 'Output format. One of: (json, yaml, name, jsonpath, jsonpath-as-json, jsonpath-file).',
    },
    {
      name: 'output-directory',
      type: 'string',
      help: "Where to output the files.  If empty or '-' uses stdout, otherwise creates a directory hierarchy in that directory",
    },
  ],
  run: dump,
};

const types = ['events', 'replicationcontrollers', 'services', 'daemonsets.apps', 'deployments.apps', 'replicasets.apps', 'pods'];

async function dump({ session, flags }: Invocation): Promise<void> {
  const { client, discovery, io } = session;
  const directory = flags.text('output-directory').replace(/^-$/, '');
  const extension = flags.text('output') === 'yaml' ? 'yaml' : 'json';
  const write = (name: string, text: string): void => {
    if (directory === '') {
      io.out(text);
      return;
    }
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const listed = async (type: string, namespace?: string): Promise<{ items: Pod[]; text: string }> => {
    const resource = await discovery.find(type);
    const { items } = await listObjects(client, resource, { namespace });
    const printer = objectPrinter({ output: flags.text('output') });
    return {
      items: items as unknown as Pod[],
      text: printer.format(
        items.map((object) => ({ object, resource })),
        true,
      ),
    };
  };
  write(`nodes.${extension}`, (await listed('nodes')).text);
  for (const namespace of await namespaces()) {
    let pods: Pod[] = [];
    for (const type of types) {
      const { items, text } = await listed(type, namespace);
      write(join(namespace, `${type.split('.')[0]}.${extension}`), text);
      if (type === 'pods') pods = items;
    }
    for (const pod of pods) write(join(namespace, pod.metadata.name ?? '', 'logs.txt'), await logsOf(pod));
  }
  if (directory !== '') io.out(`Cluster info dumped to ${directory}\n`);

  async function namespaces(): Promise<readonly string[]> {
    if (flags.on('all-namespaces')) return (await listed('namespaces')).items.map(({ metadata }) => metadata.name ?? '');
    return flags.list('namespaces').length > 0 ? flags.list('namespaces') : [...new Set(['kube-system', session.namespace])];
  }

  async function logsOf(pod: Pod): Promise<string> {
    const { namespace, name } = pod.metadata;
    const place = pathOf(await discovery.find('pods'), { namespace, name, subresource: 'log' });
    let text = '';
    for (const { name: container } of containersOf(pod)) {
      const title = `==== START logs for container ${container} of pod ${namespace}/${name} ====\n`;
      const end = `==== END logs for container ${container} of pod ${namespace}/${name} ====\n`;
      text += title + (await logOf(withQuery(place, { container }))) + end;
    }
    return text;
  }

  /** A container without a log has a reason instead. */
  async function logOf(path: string): Promise<string> {
    try {
      return (await client.request({ method: 'GET', path })).body.toString();
    } catch (error) {
      if (error instanceof StatusError) return `Request log error: ${error.message}\n`;
      throw error;
    }
  }
}
