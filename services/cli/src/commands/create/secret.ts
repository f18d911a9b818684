import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Flags, Verb } from '../verb.ts';
import { generatorVerb } from './generator.ts';
import { keyValueFlags, keyValues } from './key-values.ts';

const secret = (data: Iterable<[string, Buffer]>, type: string): Record<string, unknown> => {
  const entries = [...data].map(([key, value]) => [key, value.toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    ...(entries.length > 0 && { data: Object.fromEntries(entries) }),
    ...(type !== '' && { type }),
  };
};

const genericVerb = generatorVerb({
  name: 'generic',
  summary: 'Create a secret from a local file, directory, or literal value',
  examples: `# From values given here
kubectl create secret generic my-secret --from-literal=user=me --from-literal=password=secret`,
  usage: '[--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] ',
  flags: [...keyValueFlags, { name: 'type', type: 'string', help: 'The type of secret to create' }],
  failing: 'failed to create secret ',
  object: ({ flags }) => secret(keyValues(flags), flags.text('type')),
});

const tlsVerb = generatorVerb({
  name: 'tls',
  summary: 'Create a TLS secret',
  examples: `# From a certificate and its key
kubectl create secret tls my-tls --cert=path/to/tls.crt --key=path/to/tls.key`,
  usage: '--cert=path/to/cert/file --key=path/to/key/file ',
  flags: [
    { name: 'cert', type: 'string', help: 'Path to PEM encoded public key certificate.' },
    { name: 'key', type: 'string', help: 'Path to private key associated with given certificate.' },
  ],
  failing: 'failed to create secret ',
  object({ flags }) {
    if (flags.text('key') === '' || flags.text('cert') === '') throw new Failure('error: key and cert must be specified');
    return secret(
      [
        ['tls.crt', pem(flags.text('cert'))],
        ['tls.key', pem(flags.text('key'))],
      ],
      'kubernetes.io/tls',
    );
  },
});

const dockerRegistryVerb = generatorVerb({
  name: 'docker-registry',
  summary: 'Create a secret for use with a Docker registry',
  examples: `# Credentials for a registry of your own
kubectl create secret docker-registry my-registry --docker-server=registry.example.com --docker-username=me --docker-password=secret`,
  usage: '--docker-username=user --docker-password=password [--docker-server=string] ',
  flags: [
    { name: 'docker-email', type: 'string', help: 'Email for Docker registry' },
    { name: 'docker-password', type: 'string', help: 'Password for Docker registry authentication' },
    { name: 'docker-server', type: 'string', default: 'https://index.docker.io/v1/', help: 'Server location for Docker registry' },
    { name: 'docker-username', type: 'string', help: 'Username for Docker registry authentication' },
  ],
  failing: 'failed to create secret ',
  object: ({ flags }) => secret([['.dockerconfigjson', Buffer.from(dockerConfig(flags))]], 'kubernetes.io/dockerconfigjson'),
});

export const createSecretVerb: Verb = {
  name: 'secret',
  summary: 'Create a secret using a specified subcommand',
  about:
    'A docker-registry secret is for a container registry, a generic one for data of any kind, a tls secret holds a certificate and its key.',
  verbs: [dockerRegistryVerb, genericVerb, tlsVerb],
};

function dockerConfig(flags: Flags): string {
  const [username, password, email] = ['username', 'password', 'email'].map((name) => flags.text(`docker-${name}`));
  if (!username || !password)
    throw new Failure(
      'error: either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return JSON.stringify({ auths: { [flags.text('docker-server')]: { username, password, ...(email && { email }), auth } } });
}

function pem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Failure(`error: Cannot read file ${path}, open ${path}: ${missing ? 'no such file or directory' : String(error)}`);
  }
}
