/** What `kubectl create <kind> NAME` commands share: one name, an object made of flags, a POST. */

import { StatusError } from '@t8s/meta';
import type { AnyObject } from '../../resources/requests.ts';
import { write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { Failure, usageFailure } from '../failure.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, Outcome, writeQuery } from '../outcome.ts';
import { dryRunFlag, fieldManagerFlag, outputFlag, validateFlag } from '../shared-flags.ts';
import type { Flag, Flags, Invocation, Verb } from '../verb.ts';

export interface Generator {
  name: string;
  aliases?: readonly string[];
  summary: string;
  examples: string;
  usage?: string;
  flags: readonly Flag[];
  /** What stands before the server's message when it refuses. */
  failing?: string;
  /** The object; its metadata gets the name, a namespaced one the namespace. */
  object(given: Given): Record<string, unknown> | Promise<Record<string, unknown>>;
}

export interface Given {
  name: string;
  flags: Flags;
  session: Session;
  /** After `--`. */
  command: readonly string[];
}

export function generatorVerb({ object, failing, flags, ...verb }: Generator): Verb {
  return {
    ...verb,
    usage: `NAME ${verb.usage ?? ''}[--dry-run=server|client|none]`,
    flags: [
      ...flags,
      dryRunFlag,
      fieldManagerFlag('kubectl-create'),
      outputFlag,
      {
        name: 'save-config',
        type: 'boolean',
        default: false,
        help: 'If true, the configuration of current object will be saved in its annotation, for a later apply.',
      },
      validateFlag,
    ],
    run: (invocation) => generate(invocation, object).catch((error: unknown) => refuse(error, failing)),
  };
}

function refuse(error: unknown, failing: string | undefined): never {
  if (failing !== undefined && error instanceof StatusError) throw new Failure(`error: ${failing}${error.message}`);
  throw error;
}

async function generate({ session, args, rest = [], flags, path }: Invocation, make: Generator['object']): Promise<void> {
  const [name] = args;
  if (args.length !== 1 || name === undefined) throw usageFailure(path, `exactly one NAME is required, got ${args.length}`);
  const made = await make({ name, flags, session, command: rest });
  const resource = await session.discovery.ofKind(String(made.apiVersion), String(made.kind));
  const namespace = resource.namespaced ? session.namespace : undefined;
  const placed = session.namespaceGiven && namespace !== undefined ? { namespace } : {};
  const bare = {
    ...made,
    metadata: { creationTimestamp: null, name, ...placed, ...(made.metadata as object | undefined) },
  } as unknown as AnyObject;
  const object = flags.on('save-config') ? withLastApplied(bare) : bare;
  const outcome = new Outcome(session.io, flags);
  if (dryRunOf(flags) === 'client') {
    outcome.tell({ object, resource, isTyped: true }, 'created');
    return;
  }
  const created = await write(session.client, 'POST', pathOf(resource, { namespace }), { query: writeQuery(flags), body: object });
  outcome.tell({ object: created.object, resource, isTyped: true }, 'created');
}
