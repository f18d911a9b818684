/** Contexts, clusters and users of a kubeconfig: shown, chosen, made and removed. */
import { Columns } from '../../printers/columns.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Flag, Invocation, Verb } from '../verb.ts';
import { type Named, readDocument, upsert, writeDocument } from './kubeconfig-file.ts';

const oneName = ({ args, path }: Invocation): string => {
  const [name = ''] = args;
  if (args.length !== 1 || name === '') throw usageFailure(path, `accepts 1 arg(s), received ${args.length}`);
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
  const missing = args.find((name) => !contexts.some((context) => context.name === name));
  const chosen = contexts.filter(({ name }) => args.length === 0 || args.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (flags.text('output') === 'name') session.io.out(chosen.map(({ name }) => `${name}\n`).join(''));
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

/** Flags whose values become fields of the same name. */
const setters: Record<'cluster' | 'user' | 'context', { flags: Flag[]; list: 'clusters' | 'users' | 'contexts' }> = {
  cluster: {
    list: 'clusters',
    flags: [
      { name: 'certificate-authority', type: 'string', help: 'Path to certificate-authority file for the cluster entry in kubeconfig' },
      { name: 'server', type: 'string', help: 'server for the cluster entry in kubeconfig' },
      { name: 'tls-server-name', type: 'string', help: 'tls-server-name for the cluster entry in kubeconfig' },
    ],
  },
  user: {
    list: 'users',
    flags: [
      { name: 'client-certificate', type: 'string', help: 'Path to client-certificate file for the user entry in kubeconfig' },
      { name: 'client-key', type: 'string', help: 'Path to client-key file for the user entry in kubeconfig' },
      { name: 'token', type: 'string', help: 'token for the user entry in kubeconfig' },
    ],
  },
  context: {
    list: 'contexts',
    flags: [
      { name: 'cluster', type: 'string', help: 'cluster for the context entry in kubeconfig' },
      { name: 'namespace', type: 'string', help: 'namespace for the context entry in kubeconfig' },
      { name: 'user', type: 'string', help: 'user for the context entry in kubeconfig' },
    ],
  },
};

function set(kind: keyof typeof setters, name: string, { session, flags }: Invocation): boolean {
  const { file } = session.files;
  const document = readDocument(file);
  const { list, flags: own } = setters[kind];
  const { entry, isNew } = upsert(document[list], name, kind);
  for (const { name: flag } of own) if (flags.given(flag)) entry[flag] = flags.text(flag);
  writeDocument(file, document);
  return isNew;
}

export const setContextVerb: Verb = {
  name: 'set-context',
  summary: 'Set a context entry in kubeconfig',
  examples: `# Another namespace for the current context
kubectl config set-context --current --namespace=web

# A context for a user of a cluster
kubectl config set-context gce --cluster=gce --user=cluster-admin`,
  usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  flags: [{ name: 'current', type: 'boolean', default: false, help: 'Modify the current context' }, ...setters.context.flags],
  run: async (invocation) => {
    const { session, flags } = invocation;
    const isCurrent = flags.on('current');
    if (isCurrent && session.files.config['current-context'] === '') throw new Failure('error: no current context is set');
    const name = isCurrent ? session.files.config['current-context'] : oneName(invocation);
    session.io.out(`Context "${name}" ${set('context', name, invocation) ? 'created' : 'modified'}.\n`);
  },
};

export const setClusterVerb: Verb = {
  name: 'set-cluster',
  summary: 'Set a cluster entry in kubeconfig',
  examples: '# Where the cluster e2e is\nkubectl config set-cluster e2e --server=https://1.2.3.4',
  usage: 'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--tls-server-name=example.com]',
  flags: setters.cluster.flags,
  run: async (invocation) => {
    const name = oneName(invocation);
    set('cluster', name, invocation);
    invocation.session.io.out(`Cluster "${name}" set.\n`);
  },
};

export const setCredentialsVerb: Verb = {
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  examples: '# A user with a token\nkubectl config set-credentials robot --token=secret',
  usage: 'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token]',
  flags: setters.user.flags,
  run: async (invocation) => {
    const name = oneName(invocation);
    set('user', name, invocation);
    invocation.session.io.out(`User "${name}" set.\n`);
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
