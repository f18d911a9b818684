import { readFileSync } from 'node:fs';
import { formatJsonAsIs } from '../../printers/go-json.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import { objectPrinter } from '../../printers/object-printer.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';

type Json = Record<string, unknown>;

export const viewVerb: Verb = {
  name: 'view',
  summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
  about: 'Secrets are left out unless --raw says otherwise.',
  examples: `# What kubectl works with
kubectl config view

# With certificates and keys
kubectl config view --raw`,
  flags: [
    { name: 'flatten', type: 'boolean', default: false, help: 'Flatten the resulting kubeconfig file into self-contained output' },
    { name: 'minify', type: 'boolean', default: false, help: 'Remove all information not used by current-context from the output' },
    { name: 'output', short: 'o', type: 'string', default: 'yaml', help: 'Output format. One of: (json, yaml, jsonpath).' },
    { name: 'raw', type: 'boolean', default: false, help: 'Display raw byte data and sensitive data' },
  ],
  run: view,
};

const secret: Record<string, string> = { token: 'REDACTED', password: 'REDACTED' };

async function view({ session, args, flags, path }: Invocation): Promise<void> {
  if (args.length > 0) throw usageFailure(path, `unexpected arguments: [${args.join(' ')}]`);
  let config = JSON.parse(JSON.stringify(session.files.config)) as Json & { clusters: Json[]; users: Json[]; contexts: Json[] };
  if (flags.on('minify')) {
    const name = session.contextName;
    const context = session.files.config.contexts.find((one) => one.name === name)?.context;
    if (!context) throw new Failure(`error: cannot locate context ${name}`);
    const only = (list: Json[], wanted: string | undefined): Json[] => list.filter((entry) => entry['name'] === wanted);
    config = {
      ...config,
      'current-context': name,
      contexts: only(config.contexts, name),
      clusters: only(config.clusters, context.cluster),
      users: only(config.users, context.user),
    };
  }
  if (flags.on('flatten')) config = flattened(config) as typeof config;
  const shown = { ...(flags.on('raw') ? config : withoutSecrets(config)), preferences: config['preferences'] ?? {} };
  const output = flags.text('output');
  const resource = { group: '', version: 'v1', kind: 'Config', resource: 'configs', singular: 'config' };
  const more = { shortNames: [], categories: [], namespaced: false, verbs: [] };
  if (output === 'json') session.io.out(formatJsonAsIs(inOrder(shown)));
  else if (output === 'yaml') session.io.out(formatYaml(shown));
  else
    session.io.out(objectPrinter({ output }).format([{ object: { metadata: {}, ...shown }, resource: { ...resource, ...more } }], false));
}

function withoutSecrets(value: unknown): Json {
  const walk = (at: unknown): unknown => {
    if (Array.isArray(at)) return at.map(walk);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(
      Object.entries(at).map(([key, inner]) => [key, key.endsWith('-data') ? 'DATA+OMITTED' : (secret[key] ?? walk(inner))]),
    );
  };
  return walk(value) as Json;
}

/** The fields as the types of a kubeconfig declare them. */
const declared = [
  ...['kind', 'apiVersion', 'preferences', 'name', 'server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority'],
  ...['certificate-authority-data', 'proxy-url', 'clusters', 'users', 'contexts', 'current-context', 'cluster', 'user', 'namespace'],
  ...['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'token', 'tokenFile', 'username', 'password'],
];

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const place = (key: string): number => (declared.includes(key) ? declared.indexOf(key) : declared.length);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
}

const files = ['certificate-authority', 'client-certificate', 'client-key'];

/** Files become the data they hold. Fails where one is missing. */
function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flattened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!files.includes(key)) return [key, flattened(inner)];
      if (`${key}-data` in value) throw new Failure('error: cannot have values for both path and contents');
      return [`${key}-data`, content(String(inner))];
    }),
  );
}

function content(path: string): string {
  try {
    return readFileSync(path).toString('base64');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : String(error);
    throw new Failure(`error: open ${path}: ${why}`);
  }
}
