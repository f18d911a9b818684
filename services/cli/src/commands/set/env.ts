import type { Container, EnvVar } from '@t8s/api';
import { readAll } from '../../io.ts';
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { Failure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';
import { variablesFrom, variableText } from './env-source.ts';
import { containersLike, notAPod, podSpecOf } from './pod-spec.ts';
import { containersFlag, setFlags, update } from './update.ts';

export const setEnvVerb: Verb = {
  name: 'env',
  summary: 'Update environment variables on a pod template',
  examples: `# Set a variable
kubectl set env deployment/registry STORAGE_DIR=/local

# Those that are set
kubectl set env deployment/sample-build --list

# One for each key of a secret
kubectl set env --from=secret/mysecret deployment/myapp

# Remove one
kubectl set env deployments ENV- --all`,
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  flags: [
    ...setFlags,
    containersFlag,
    { name: 'env', short: 'e', type: 'texts', help: 'Specify a key-value pair for an environment variable to set into each container.' },
    { name: 'from', type: 'string', help: 'The name of a resource from which to inject environment variables' },
    { name: 'keys', type: 'strings', help: 'Comma-separated list of keys to import from specified resource' },
    { name: 'list', type: 'boolean', default: false, help: 'If true, display the environment and any changes in the standard format.' },
    {
      name: 'overwrite',
      type: 'boolean',
      default: true,
      help: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    },
    { name: 'prefix', type: 'string', help: 'Prefix to append to variable names' },
    { name: 'resolve', type: 'boolean', default: false, help: 'If true, show secret or configmap references when listing variables.' },
  ],
  run: setEnv,
};

const isChange = (arg: string): boolean => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg.length > 1) || arg === '-';

async function setEnv(invocation: Invocation): Promise<void> {
  const { session, args, flags } = invocation;
  const first = args.findIndex(isChange);
  const named = first < 0 ? args : args.slice(0, first);
  const given = [...(first < 0 ? [] : args.slice(first)), ...flags.list('env')];
  const late = given.find((arg) => !isChange(arg));
  if (late !== undefined) throw new Failure(`error: all resources must be specified before environment changes: ${late}`);
  const lines = given.includes('-') ? (await readAll(session.io.stdin)).split('\n').filter((line) => line.includes('=')) : [];
  const changes = changesOf([...given.filter((arg) => arg !== '-'), ...lines]);
  if (flags.on('list')) return list(invocation, named);
  const added = [...changes.set, ...(flags.text('from') === '' ? [] : await variablesFrom(session, flags))];
  await update(invocation, {
    named,
    done: 'env updated',
    change(object, { resource }) {
      const pod = podSpecOf(object);
      if (!pod) throw notAPod({ object, resource });
      const pattern = flags.text('containers');
      const containers = containersLike(pod, pattern);
      if (containers.length === 0)
        session.io.err(
          `Warning: ${resource.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(pattern)}\n`,
        );
      for (const container of containers) change(container, { set: added, removed: changes.removed }, flags.on('overwrite'));
    },
  });
}

interface Changes {
  set: EnvVar[];
  removed: string[];
}

function changesOf(texts: readonly string[]): Changes {
  const pairs = texts.filter((text) => text.indexOf('=') > 0);
  const set = pairs.map((text) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));
  const removed = texts.filter((text) => text.indexOf('=') <= 0).map((text) => text.slice(0, -1));
  if (set.some(({ name }) => removed.includes(name)))
    throw new Failure('error: can not both modify and remove the same environment variable in the same command');
  return { set, removed };
}

/** Variables keep their places, new ones come last. */
function change(container: Container, { set, removed }: Changes, overwrites: boolean): void {
  const env = (container.env ?? []).filter(({ name }) => !removed.includes(name));
  for (const variable of set) {
    const at = env.findIndex(({ name }) => name === variable.name);
    const old = env[at];
    if (old && !overwrites && old.value !== variable.value)
      throw new Failure(`error: '${variable.name}' already has a value (${old.value ?? ''}), and --overwrite is false`);
    if (old) env[at] = variable;
    else env.push(variable);
  }
  if (env.length > 0) container.env = env;
  else delete container.env;
}

async function list({ session, flags }: Invocation, named: readonly string[]): Promise<void> {
  for (const located of await objectsOnServer(session, named, flags)) session.io.out(await listed(located));

  async function listed(located: Located): Promise<string> {
    const { object, resource } = located;
    const pod = podSpecOf(object);
    if (!pod) throw notAPod(located);
    let text = '';
    for (const { name, env = [] } of containersLike(pod, flags.text('containers'))) {
      text += `# ${resource.kind} ${object.metadata.name}, container ${name}\n`;
      for (const variable of env) text += `${await variableText(session, variable, { located, resolve: flags.on('resolve') })}\n`;
    }
    return text;
  }
}
