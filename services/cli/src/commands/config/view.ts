import { readFileSync } from 'node:fs';
import { formatJson } from '../../printers/go-json.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import { JsonPath } from '../../printers/json-path.ts';
import { Failure } from '../failure.ts';
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

async function view({ session, flags }: Invocation): Promise<void> {
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
  if (output === 'json') session.io.out(formatJson(shown));
  else if (output.startsWith('jsonpath=')) session.io.out(new JsonPath(output.slice('jsonpath='.length)).format(shown));
  else session.io.out(formatYaml(shown));
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

const files = ['certificate-authority', 'client-certificate', 'client-key'];

/** Files become the data they hold. */
function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flattened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      files.includes(key) ? [`${key}-data`, readFileSync(String(inner)).toString('base64')] : [key, flattened(inner)],
    ),
  );
}
