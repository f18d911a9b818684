/** `set-context`, `set-cluster`, `set-credentials`: whole entries of a kubeconfig from flags. */
import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Flag, Flags, Invocation, Verb } from '../verb.ts';
import { readDocument, upsert, writeDocument } from './kubeconfig-file.ts';
import { execFlags, execOf, providerFlags, providerOf } from './login.ts';

type Json = Record<string, unknown>;

const text = (name: string, help: string): Flag => ({ name, type: 'string', help });
const embed: Flag = {
  name: 'embed-certs',
  type: 'boolean',
  default: false,
  help: 'Embed the certificates in the entry instead of their paths',
};

const lists = { cluster: 'clusters', user: 'users', context: 'contexts' } as const;

/** Tells whether the entry is new. */
function change({ session }: Invocation, kind: keyof typeof lists, name: string, apply: (entry: Json) => void): boolean {
  const { file } = session.files;
  const document = readDocument(file);
  const { entry, isNew } = upsert(document[lists[kind]], name, kind);
  apply(entry);
  writeDocument(file, document);
  return isNew;
}

function oneName({ args }: Invocation): string {
  const [name = ''] = args;
  if (args.length !== 1 || name === '') throw new Failure(`error: Unexpected args: [${args.join(' ')}]`);
  return name;
}

/** A file, or with --embed-certs what it holds: one of both. */
function setFile(entry: Json, flags: Flags, name: string): void {
  if (!flags.given(name)) return;
  const path = flags.text(name);
  delete entry[`${name}-data`];
  delete entry[name];
  if (!flags.on('embed-certs')) {
    if (path !== '') entry[name] = path;
    return;
  }
  try {
    entry[`${name}-data`] = readFileSync(path).toString('base64');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : String(error);
    throw new Failure(`error: could not stat ${name} file ${path}: stat ${path}: ${why}`);
  }
}

function setTexts(entry: Json, flags: Flags, names: readonly string[]): void {
  for (const name of names) if (flags.given(name)) entry[name] = flags.text(name);
}

const contextFields = ['cluster', 'namespace', 'user'];

export const setContextVerb: Verb = {
  name: 'set-context',
  summary: 'Set a context entry in kubeconfig',
  examples: `# Another namespace for the current context
kubectl config set-context --current --namespace=web

# A context for a user of a cluster
kubectl config set-context gce --cluster=gce --user=cluster-admin`,
  usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  flags: [
    { name: 'current', type: 'boolean', default: false, help: 'Modify the current context' },
    ...contextFields.map((name) => text(name, `${name} for the context entry in kubeconfig`)),
  ],
  run: async (invocation) => {
    const { session, args, flags } = invocation;
    const isCurrent = flags.on('current');
    if (args.length > 1) throw new Failure(`error: Unexpected args: [${args.join(' ')}]`);
    if (isCurrent && args.length > 0) throw new Failure('error: you cannot specify both a context name and --current');
    if (!isCurrent && !args[0]) throw new Failure('error: you must specify a non-empty context name or --current');
    const name = isCurrent ? session.files.config['current-context'] : (args[0] ?? '');
    if (name === '') throw new Failure('error: no current context is set');
    const isNew = change(invocation, 'context', name, (entry) => setTexts(entry, flags, contextFields));
    session.io.out(`Context "${name}" ${isNew ? 'created' : 'modified'}.\n`);
  },
};

const clusterFields = ['server', 'tls-server-name', 'proxy-url'];

export const setClusterVerb: Verb = {
  name: 'set-cluster',
  summary: 'Set a cluster entry in kubeconfig',
  examples: '# Where the cluster e2e is\nkubectl config set-cluster e2e --server=https://1.2.3.4',
  usage:
    'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  flags: [
    text('certificate-authority', 'Path to certificate-authority file for the cluster entry in kubeconfig'),
    embed,
    { name: 'insecure-skip-tls-verify', type: 'boolean', help: 'insecure-skip-tls-verify for the cluster entry in kubeconfig' },
    ...clusterFields.map((name) => text(name, `${name} for the cluster entry in kubeconfig`)),
  ],
  run: async (invocation) => {
    const name = oneName(invocation);
    const { flags } = invocation;
    if (flags.on('insecure-skip-tls-verify') && flags.text('certificate-authority') !== '')
      throw new Failure('error: you cannot specify a certificate authority and insecure mode at the same time');
    change(invocation, 'cluster', name, (entry) => {
      setTexts(entry, flags, clusterFields);
      setFile(entry, flags, 'certificate-authority');
      if (!flags.given('insecure-skip-tls-verify')) return;
      delete entry['insecure-skip-tls-verify'];
      // A server that is not checked has no authority to be checked against.
      if (flags.on('insecure-skip-tls-verify')) {
        entry['insecure-skip-tls-verify'] = true;
        delete entry['certificate-authority'];
        delete entry['certificate-authority-data'];
      }
    });
    invocation.session.io.out(`Cluster "${name}" set.\n`);
  },
};

export const setCredentialsVerb: Verb = {
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  examples: `# A user with a token
kubectl config set-credentials robot --token=secret

# A user with a certificate, held in the file
kubectl config set-credentials cluster-admin --client-certificate=admin.crt --client-key=admin.key --embed-certs=true`,
  usage:
    'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--exec-command=exec_command]',
  flags: [
    text('client-certificate', 'Path to client-certificate file for the user entry in kubeconfig'),
    text('client-key', 'Path to client-key file for the user entry in kubeconfig'),
    embed,
    ...['token', 'username', 'password'].map((name) => text(name, `${name} for the user entry in kubeconfig`)),
    ...execFlags,
    ...providerFlags,
  ],
  run: async (invocation) => {
    const name = oneName(invocation);
    const { flags } = invocation;
    if (flags.text('token') !== '' && flags.text('username') !== '')
      throw new Failure('error: you cannot specify more than one authentication method at the same time: --token, --username/--password');
    change(invocation, 'user', name, (entry) => {
      if (flags.given('token')) for (const other of ['username', 'password']) delete entry[other];
      if (flags.given('username') || flags.given('password')) delete entry['token'];
      setTexts(entry, flags, ['token', 'username', 'password']);
      for (const file of ['client-certificate', 'client-key']) setFile(entry, flags, file);
      const exec = execOf(flags, entry['exec']);
      if (exec) entry['exec'] = exec;
      const provider = providerOf(flags);
      if (provider) entry['auth-provider'] = provider;
    });
    invocation.session.io.out(`User "${name}" set.\n`);
  },
};
