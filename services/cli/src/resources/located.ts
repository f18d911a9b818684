/** An object from a file or the server with its resource and the namespace it belongs to. */
import { Failure, Failures } from '../commands/failure.ts';
import type { Flags } from '../commands/verb.ts';
import type { Session } from '../session.ts';
import { type FileObject, readFiles } from './files.ts';
import { type AnyObject, getObject, listObjects, type Picking } from './requests.ts';
import type { Resource } from './resource.ts';
import { parseTargets } from './targets.ts';

export interface Located {
  object: AnyObject;
  resource: Resource;
  namespace: string | undefined;
  /** The file it came from; '' for the server. */
  source: string;
}

/** The objects in -f files as they are: they stay here. */
export async function* localObjects(session: Session, flags: Flags, failures: Failures): AsyncGenerator<Located> {
  const reading = { recursive: flags.on('recursive'), io: session.io, validate: false, failures };
  for await (const { object, source } of readFiles(flags.list('filename'), reading)) {
    const found = async (): Promise<Located> => {
      const resource = await session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '', { object, source });
      return { object, resource, namespace: object.metadata.namespace, source };
    };
    const located = await failures.attempt(found);
    if (located) yield located;
  }
}

/** The objects in -f files, each in the namespace it says or the session's. What is wrong with some goes to `failures`. */
export async function* objectsInFiles(session: Session, flags: Flags, failures: Failures): AsyncGenerator<Located> {
  const validate = flags.has('validate') && !/^(false|ignore)$/.test(flags.text('validate'));
  const reading = { recursive: flags.on('recursive'), io: session.io, validate, failures };
  for await (const file of readFiles(flags.list('filename'), reading)) {
    const located = await failures.attempt(() => locate(session, file));
    if (located) yield located;
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function locate(session: Session, { object, source }: FileObject): Promise<Located> {
  const resource = await session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '', { object, source });
  if (!resource.namespaced) return { object, resource, namespace: undefined, source };
  const own = object.metadata.namespace;
  if (own && session.namespaceGiven && own !== session.namespace)
    throw new Failure(
      `error: the namespace from the provided object "${own}" does not match the namespace "${session.namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  const namespace = own || session.namespace;
  return { object: { ...object, metadata: { ...object.metadata, namespace } }, resource, namespace, source };
}

export const nothingNamed = `error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

export interface Finding {
  /** The command takes --selector and --all. */
  selects?: boolean;
  /** A type alone means all of that type. */
  takesTypes?: boolean;
  /** Gets what is wrong with some of the objects; without, it is thrown. */
  failures?: Failures;
}

/** What arguments, files or, where the command `selects`, a selector or --all name, as the server has it. */
export async function objectsOnServer(
  session: Session,
  args: readonly string[],
  flags: Flags,
  { selects = true, takesTypes = false, failures: given }: Finding = {},
): Promise<Located[]> {
  const failures = given ?? new Failures();
  const wanted =
    flags.has('filename') && flags.list('filename').length > 0
      ? await all(objectsInFiles(session, flags, failures))
      : await namedBy(session, args, flags, { selects, takesTypes });
  const located: Located[] = [];
  for (const one of wanted) {
    const { resource, namespace, source } = one;
    const name = 'object' in one ? (one.object.metadata.name ?? '') : one.name;
    const objects = await failures.attempt(async () =>
      name === undefined
        ? (await listObjects(session.client, resource, pickingOf(namespace, flags, selects))).items
        : [typed(await getObject(session.client, resource, { namespace, name }), resource)],
    );
    located.push(...(objects ?? []).map((object) => ({ object, resource, namespace: object.metadata.namespace ?? namespace, source })));
  }
  if (!given) failures.throwAny();
  return located;
}

function pickingOf(namespace: string | undefined, flags: Flags, selects: boolean): Picking {
  const text = (name: string): string => (selects && flags.has(name) ? flags.text(name) : '');
  return {
    namespace: flags.has('all-namespaces') && flags.on('all-namespaces') ? undefined : namespace,
    labelSelector: text('selector'),
    fieldSelector: text('field-selector'),
  };
}

interface Wanted extends Omit<Located, 'object'> {
  name: string | undefined;
}

async function namedBy(session: Session, args: readonly string[], flags: Flags, { selects, takesTypes }: Finding): Promise<Wanted[]> {
  if (args.length === 0) throw new Failure(nothingNamed);
  const targets = await parseTargets(args, session.discovery);
  if (flags.has('all-namespaces') && flags.on('all-namespaces') && targets.some(({ name }) => name !== undefined))
    throw new Failure('error: a resource cannot be retrieved by name across all namespaces');
  const picks = (name: string): boolean => flags.has(name) && flags.text(name) !== '';
  const everything = selects && ((flags.has('all') && flags.on('all')) || picks('selector') || picks('field-selector'));
  if (!takesTypes && !everything && targets.some(({ name }) => name === undefined))
    throw new Failure('error: resource(s) were provided, but no name was specified');
  return targets.map(({ resource, name }) => ({
    resource,
    name,
    namespace: resource.namespaced ? session.namespace : undefined,
    source: '',
  }));
}

const typed = (object: AnyObject, resource: Resource): AnyObject => ({
  ...object,
  apiVersion: object.apiVersion ?? (resource.group === '' ? resource.version : `${resource.group}/${resource.version}`),
  kind: object.kind ?? resource.kind,
});
