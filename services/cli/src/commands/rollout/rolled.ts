/** What rollout commands work on. */
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { Failure, Failures, failureText } from '../failure.ts';
import { fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation } from '../verb.ts';

export const rolloutFlags = (purpose: string): Flag[] => [...fileFlags(`identifying the resource ${purpose}`), selectorFlag];

export interface RolledOutOptions {
  /** That there are none isn't worth a word. */
  mayBeNone?: boolean;
  /** Each of several failures says `error:`. */
  keepsError?: boolean;
}

/** Does it to all workloads that arguments, files or a selector name; fails with what all of them said. */
export async function eachRolledOut(
  { session, args, flags }: Invocation,
  { mayBeNone = false, keepsError = false }: RolledOutOptions,
  act: (located: Located) => Promise<void>,
): Promise<void> {
  if (args.length === 0 && flags.list('filename').length === 0) throw new Failure('error: required resource not specified');
  const found = await objectsOnServer(session, args, flags, { takesTypes: true });
  if (found.length === 0 && !mayBeNone) session.io.err(`No resources found in ${session.namespace} namespace.\n`);
  const failures = new Failures();
  for (const located of found) await failures.attempt(() => act(located));
  failures.throwAny(keepsError ? failureText : undefined);
}

/** The part of a deployment, daemon set or stateful set that rollouts are about. */
export interface Workload {
  spec?: {
    replicas?: number;
    paused?: boolean;
    selector?: { matchLabels?: Record<string, string> };
    template?: { metadata?: { annotations?: Record<string, string> } };
    updateStrategy?: { type?: string };
  };
  status?: Record<string, unknown>;
}
