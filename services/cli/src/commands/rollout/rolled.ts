/** What rollout commands work on. */
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { Failure } from '../failure.ts';
import { fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Flag, Invocation } from '../verb.ts';

export const rolloutFlags = (purpose: string): Flag[] => [...fileFlags(`identifying the resource ${purpose}`), selectorFlag];

/** The workloads that arguments, files or a selector name. `mayBeNone` where that there are none isn't worth a word. */
export async function rolledOut({ session, args, flags }: Invocation, { mayBeNone = false } = {}): Promise<Located[]> {
  if (args.length === 0 && flags.list('filename').length === 0) throw new Failure('error: required resource not specified');
  const found = await objectsOnServer(session, args, flags, { takesTypes: true });
  if (found.length === 0 && !mayBeNone) session.io.err(`No resources found in ${session.namespace} namespace.\n`);
  return found;
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
