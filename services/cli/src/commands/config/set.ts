/** `kubectl config set` and `unset`: one value of a kubeconfig, by a path such as `clusters.my-cluster.server`. */
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { type KubeconfigDocument, readDocument, upsert, writeDocument } from './kubeconfig-file.ts';

export const setVerb: Verb = {
  name: 'set',
  summary: 'Set an individual value in a kubeconfig file',
  about:
    'PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.\n\nFields such as certificate-authority-data expect base64 text, unless --set-raw-bytes says otherwise.',
  examples: `# Where a cluster is
kubectl config set clusters.my-cluster.server https://1.2.3.4

# The cluster of a context
kubectl config set contexts.my-context.cluster my-cluster`,
  usage: 'PROPERTY_NAME PROPERTY_VALUE',
  flags: [
    {
      name: 'set-raw-bytes',
      type: 'boolean',
      default: false,
      help: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.',
    },
  ],
  run: async (invocation) => {
    const { session, args, flags } = invocation;
    const [path = '', text = ''] = exactly(invocation, 2, args);
    const document = readDocument(session.files.file);
    const property = propertyAt(path);
    const value = property.read(text, flags.on('set-raw-bytes'));
    holderOf(document, property)[property.field] = value;
    writeDocument(session.files.file, document);
    session.io.out(`Property ${JSON.stringify(path)} set.\n`);
  },
};

export const unsetVerb: Verb = {
  name: 'unset',
  summary: 'Unset an individual value in a kubeconfig file',
  about: 'PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key.',
  examples: `# No current context
kubectl config unset current-context

# No namespace in a context
kubectl config unset contexts.foo.namespace`,
  usage: 'PROPERTY_NAME',
  run: async (invocation) => {
    const { session, args } = invocation;
    const [path = ''] = exactly(invocation, 1, args);
    const document = readDocument(session.files.file);
    unset(document, path);
    writeDocument(session.files.file, document);
    session.io.out(`Property ${JSON.stringify(path)} unset.\n`);
  },
};

function exactly({ args }: Invocation, count: number, given: readonly string[]): readonly string[] {
  if (given.length !== count) throw new Failure(`error: Unexpected args: [${args.join(' ')}]`);
  return given;
}

interface Property {
  list: 'clusters' | 'contexts' | 'users' | undefined;
  name: string;
  field: string;
  read(text: string, isRaw: boolean): unknown;
}

const fields = {
  clusters: {
    text: ['server', 'tls-server-name', 'certificate-authority', 'proxy-url'],
    flag: ['insecure-skip-tls-verify', 'disable-compression'],
    bytes: ['certificate-authority-data'],
  },
  contexts: { text: ['cluster', 'user', 'namespace'], flag: [], bytes: [] },
  users: {
    text: ['client-certificate', 'client-key', 'token', 'tokenFile', 'username', 'password', 'act-as', 'act-as-uid'],
    flag: [],
    bytes: ['client-certificate-data', 'client-key-data'],
  },
};

const isList = (text: string): text is keyof typeof fields => text in fields;

/** Names may hold dots: the field is what stands after the last. */
function propertyAt(path: string): Property {
  const [first = '', ...rest] = path.split('.');
  if (path === 'current-context') return { list: undefined, name: '', field: path, read: (text) => text };
  if (path === 'preferences.colors') return { list: undefined, name: 'preferences', field: 'colors', read: asBoolean };
  if (!isList(first)) throw new Failure(`error: unable to parse ${path} after [] at api.Config`);
  const { text, flag, bytes } = fields[first] as Record<'text' | 'flag' | 'bytes', string[]>;
  const field = rest.at(-1) ?? '';
  const place = { list: first, name: rest.slice(0, -1).join('.'), field };
  if (place.name === '') throw new Failure(`error: can't set a map to a value: ${path}`);
  if (text.includes(field)) return { ...place, read: (value) => value };
  if (flag.includes(field)) return { ...place, read: asBoolean };
  if (bytes.includes(field)) return { ...place, read: (value, isRaw) => (isRaw ? Buffer.from(value).toString('base64') : asBase64(value)) };
  throw new Failure(`error: unable to parse ${field} after [${first} ${place.name}] at api.Config`);
}

function asBoolean(text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new Failure(`error: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function asBase64(text: string): string {
  if (Buffer.from(text, 'base64').toString('base64') !== text) throw new Failure('error: error decoding base64: illegal base64 data');
  return text;
}

const kinds = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;

function holderOf(document: KubeconfigDocument, { list, name }: Property): Record<string, unknown> {
  if (list) return upsert(document[list], name, kinds[list]).entry;
  if (name === '') return document;
  document[name] ??= {};
  return document[name] as Record<string, unknown>;
}

function unset(document: KubeconfigDocument, path: string): void {
  const [first = '', ...rest] = path.split('.');
  if (path === 'current-context') document['current-context'] = '';
  else if (path === 'preferences' || path === 'preferences.colors') document['preferences'] = {};
  else if (!isList(first)) throw new Failure(`error: unable to parse ${path} after [] at api.Config`);
  else if (rest.length === 0) document[first] = [];
  else {
    const whole = rest.join('.');
    const entry = document[first].find(({ name }) => name === rest.slice(0, -1).join('.'));
    const holder = entry?.[kinds[first]] as Record<string, unknown> | undefined;
    if (holder) delete holder[rest.at(-1) ?? ''];
    else document[first] = document[first].filter(({ name }) => name !== whole);
  }
}
