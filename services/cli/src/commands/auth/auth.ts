import type { VerbBody } from '../verb.ts';
import { canIVerb } from './can-i.ts';
import { reconcileVerb } from './reconcile.ts';
import { whoAmIVerb } from './who-am-i.ts';

export const authVerb: VerbBody = {
  about: 'Who you are to the server, and what you may do there.',
  verbs: [canIVerb, reconcileVerb, whoAmIVerb],
};
