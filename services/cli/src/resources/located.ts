/** An object from a file or the server with its resource and the namespace it belongs to. */
import { Failure } from '../commands/failure.ts';
import type { Flags } from '../commands/verb.ts';
import type { Session } from '../session.ts';
import { readFiles } from './files.ts';
import { type AnyObject, getObject, listObjects } from './requests.ts';
import type { Resource } from './resource.ts';
import { parseTargets } from './targets.ts';

export interface Located {
  object: AnyObject;
  resource: Resource;
  namespace: string | undefined;
  /** The file it came from; '' for the server. */
  source: string;
}

/** The objects in -f files, each in the namespace it says or the session's. Fails where both are given and differ. */
export async function objectsInFiles(session: Session, flags: Flags, purpose: string): Promise<Located[]> {
  const files = await readFiles(flags.list('filename'), { recursive: flags.on('recursive'), io: session.io, purpose });
  return Promise.all(
    files.map(async ({ object, source }) => {
      const resource = await session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '', { object, source });
      if (!resource.namespaced) return { object, resource, namespace: undefined, source };
      const own = object.metadata.namespace;
      if (own && session.namespaceGiven && own !== session.namespace)
        throw new Failure(
          `error: the namespace from the provided object "${own}" does not match the namespace "${session.namespace}". You must pass '--namespace=${own}' to perform this operation.`,
        );
      const namespace = own || session.namespace;
      return { object: { ...object, metadata: { ...object.metadata, namespace } }, resource, namespace, source };
    }),
  );
}

export const nothingNamed = `error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** What arguments, files or, where the command `selects`, a selector or --all name, as the server has it. */
export async function objectsOnServer(
  session: Session,
  args: readonly string[],
  flags: Flags,
  { selects = true } = {},
): Promise<Located[]> {
  const { client } = session;
  if (flags.list('filename').length > 0) {
    const files = await objectsInFiles(session, flags, 'read');
    return Promise.all(
      files.map(async ({ object, resource, namespace, source }) => {
        const name = object.metadata.name ?? '';
        return { object: typed(await getObject(client, resource, { namespace, name }), resource), resource, namespace, source };
      }),
    );
  }
  if (args.length === 0) throw new Failure(nothingNamed);
  const targets = await parseTargets(args, session.discovery);
  const labelSelector = selects ? flags.text('selector') : '';
  const everything = selects && ((flags.has('all') && flags.on('all')) || labelSelector !== '');
  if (!everything && targets.some(({ name }) => name === undefined))
    throw new Failure('error: resource(s) were provided, but no name was specified');
  const located: Located[] = [];
  for (const { resource, name } of targets) {
    const namespace = resource.namespaced ? session.namespace : undefined;
    const objects =
      name === undefined
        ? (await listObjects(client, resource, { namespace, labelSelector })).items
        : [typed(await getObject(client, resource, { namespace, name }), resource)];
    located.push(...objects.map((object) => ({ object, resource, namespace, source: '' })));
  }
  return located;
}

const typed = (object: AnyObject, resource: Resource): AnyObject => ({
  ...object,
  apiVersion: object.apiVersion ?? (resource.group === '' ? resource.version : `${resource.group}/${resource.version}`),
  kind: object.kind ?? resource.kind,
});
