/** What the commands below `set` share: objects are found, changed here, and the change is sent. */
import { all, type Located, localObjects, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { withChangeCause } from '../change-cause.ts';
import { Failures } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, fileFlags, outputFlag, recordFlag, selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation } from '../verb.ts';
import { twoWay } from './two-way.ts';

export const setFlags: readonly Flag[] = [
  { name: 'all', type: 'boolean', default: false, help: 'Select all resources in the namespace of the specified resource types' },
  dryRunFlag,
  fieldManagerFlag('kubectl-set'),
  ...fileFlags('identifying the resource to get from a server.'),
  { name: 'local', type: 'boolean', default: false, help: 'If true, the command will NOT contact api-server but run locally.' },
  outputFlag,
  recordFlag,
  selectorFlag,
];

export const containersFlag: Flag = {
  name: 'containers',
  short: 'c',
  type: 'string',
  default: '*',
  help: 'The names of containers in the selected pod templates to change. All containers are selected by default - may use wildcards.',
};

export interface Setting {
  /** The arguments that name objects. */
  named: readonly string[];
  /** `image updated` */
  done: string;
  /** Changes the object in place; what it throws is told with the name of none but this object. */
  change(object: AnyObject, located: Located): void | Promise<void>;
  /** What changes nothing is told of as well. */
  tellsUnchanged?: boolean;
}

export async function update(invocation: Invocation, { named, done, change, tellsUnchanged = false }: Setting): Promise<void> {
  const { session, flags } = invocation;
  const failures = new Failures();
  const isLocal = flags.on('local');
  const found = isLocal ? await all(localObjects(session, flags, failures)) : await objectsOnServer(session, named, flags, { failures });
  const outcome = new Outcome(session.io, flags);
  for (const located of found)
    await failures.attempt(async () => {
      const { resource } = located;
      const updated = structuredClone(located.object);
      await change(updated, located);
      Object.assign(updated, withChangeCause(updated, invocation));
      if (isLocal || dryRunOf(flags) === 'client') return outcome.tell({ object: updated, resource, isTyped: true }, done);
      const object = await send(located, updated);
      if (object || tellsUnchanged) outcome.tell({ object: object ?? updated, resource, isTyped: true }, done);
    });
  failures.throwAny();

  /** Undefined where there is nothing to send. */
  async function send(located: Located, updated: AnyObject): Promise<AnyObject | undefined> {
    const { resource, namespace, object } = located;
    const { patch: body, contentType } = twoWay(located, updated);
    if (Object.keys(body).length === 0) return undefined;
    const query = { dryRun: dryRunOf(flags) === 'server' ? 'All' : undefined, fieldManager: flags.text('field-manager') };
    const place = pathOf(resource, { namespace, name: object.metadata.name });
    return (await write(session.client, 'PATCH', place, { query, body, contentType })).object;
  }
}
