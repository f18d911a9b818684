/** Contexts, clusters and users of a kubeconfig: shown, chosen, made and removed. */
import { Columns } from '../../printers/columns.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { type Named, readDocument, writeDocument } from './kubeconfig-file.ts';

const oneName = ({ args }: Invocation): string => {
  const [name = ''] = args;
  if (args.length !== 1 || name === '') throw new Failure(`error: Unexpected args: [${args.join(' ')}]`);
  return name;
};

export const currentContextVerb: Verb = {
  name: 'current-context',
  summary: 'Display the current-context',
  examples: '# The context that commands use\nkubectl config current-context',
  run: async ({ session }) => {
    if (session.contextName === '') throw new Failure('error: current-context is not set');
    session.io.out(`${session.contextName}\n`);
  },
};

export const useContextVerb: Verb = {
  name: 'use-context',
  aliases: ['use'],
  summary: 'Set the current-context in a kubeconfig file',
  examples: '# Use the context for the minikube cluster\nkubectl config use-context minikube',
  usage: 'CONTEXT_NAME',
  run: async (invocation) => {
    const { session } = invocation;
    const name = oneName(invocation);
    if (!session.files.config.contexts.some((context) => context.name === name))
      throw new Failure(`error: no context exists with the name: "${name}"`);
    writeDocument(session.files.file, { ...readDocument(session.files.file), 'current-context': name });
    session.io.out(`Switched to context "${name}".\n`);
  },
};

export const getContextsVerb: Verb = {
  name: 'get-contexts',
  summary: 'Describe one or many contexts',
  examples: '# All contexts\nkubectl config get-contexts',
  usage: '[(-o|--output=)name)]',
  flags: [
    { name: 'no-headers', type: 'boolean', default: false, help: 'When using the default output format, do not print headers.' },
    { name: 'output', short: 'o', type: 'string', help: 'Output format. One of: (name).' },
  ],
  run: getContexts,
};

async function getContexts({ session, args, flags }: Invocation): Promise<void> {
  const { contexts } = session.files.config;
  const output = flags.text('output');
  if (output !== '' && output !== 'name')
    throw new Failure(`error: --output ${output} is not available in kubectl config get-contexts; resetting to default output format`);
  const missing = args.find((name) => !contexts.some((context) => context.name === name));
  const chosen = contexts.filter(({ name }) => args.length === 0 || args.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (output === 'name') session.io.out(chosen.map(({ name }) => `${name}\n`).join(''));
  else {
    const rows = chosen.map(({ name, context }) => [
      name === session.contextName ? '*' : '',
      name,
      context.cluster,
      context.user,
      context.namespace ?? '',
    ]);
    const head = flags.on('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']];
    session.io.out(new Columns().format([...head, ...rows]));
  }
  if (missing !== undefined) throw new Failure(`error: context ${missing} not found`);
}

export const getClustersVerb: Verb = {
  name: 'get-clusters',
  summary: 'Display clusters defined in the kubeconfig',
  examples: '# The clusters kubectl knows\nkubectl config get-clusters',
  run: async ({ session }) =>
    session.io.out(['NAME', ...session.files.config.clusters.map(({ name }) => name)].map((line) => `${line}\n`).join('')),
};

export const getUsersVerb: Verb = {
  name: 'get-users',
  summary: 'Display users defined in the kubeconfig',
  examples: '# The users kubectl knows\nkubectl config get-users',
  run: async ({ session }) =>
    session.io.out(['NAME', ...session.files.config.users.map(({ name }) => name)].map((line) => `${line}\n`).join('')),
};

export const renameContextVerb: Verb = {
  name: 'rename-context',
  summary: 'Rename a context from the kubeconfig file',
  about: 'Where it is the current context, it stays that under its new name.',
  examples: "# Rename the context 'old-name' to 'new-name'\nkubectl config rename-context old-name new-name",
  usage: 'CONTEXT_NAME NEW_NAME',
  run: async ({ session, args }) => {
    const [from = '', to = ''] = args;
    if (args.length !== 2) throw new Failure(`error: Unexpected args: [${args.join(' ')}]`);
    const { file } = session.files;
    const document = readDocument(file);
    const context = document.contexts.find(({ name }) => name === from);
    if (!context) throw new Failure(`error: cannot rename the context "${from}", it's not in ${file}`);
    if (document.contexts.some(({ name }) => name === to))
      throw new Failure(`error: cannot rename the context "${from}", the context "${to}" already exists in ${file}`);
    context.name = to;
    document.contexts.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (document['current-context'] === from) document['current-context'] = to;
    writeDocument(file, document);
    session.io.out(`Context "${from}" renamed to "${to}".\n`);
  },
};

/** `delete-context`, `delete-cluster`, `delete-user`. */
export function removalVerb(kind: 'context' | 'cluster' | 'user', list: 'contexts' | 'clusters' | 'users'): Verb {
  return {
    name: `delete-${kind}`,
    summary: `Delete the specified ${kind} from the kubeconfig`,
    examples: `# Forget one\nkubectl config delete-${kind} minikube`,
    usage: 'NAME',
    run: async (invocation) => {
      const { io, files } = invocation.session;
      const name = oneName(invocation);
      const document = readDocument(files.file);
      const rest = document[list].filter((one: Named) => one.name !== name);
      if (rest.length === document[list].length) throw new Failure(`error: cannot delete ${kind} ${name}, not in ${files.file}`);
      if (kind === 'context' && document['current-context'] === name)
        io.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
      writeDocument(files.file, { ...document, [list]: rest });
      io.out(`deleted ${kind} ${name} from ${files.file}\n`);
    },
  };
}
