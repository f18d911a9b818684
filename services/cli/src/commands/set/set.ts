import type { VerbBody } from '../verb.ts';
import { setEnvVerb } from './env.ts';
import { setImageVerb } from './image.ts';
import { setResourcesVerb } from './resources.ts';
import { setSelectorVerb } from './selector.ts';
import { setServiceAccountVerb } from './service-account.ts';
import { setSubjectVerb } from './subject.ts';

export const setVerb: VerbBody = {
  about: 'These commands help you make changes to existing application resources.',
  usage: 'SUBCOMMAND',
  verbs: [setEnvVerb, setImageVerb, setResourcesVerb, setSelectorVerb, setServiceAccountVerb, setSubjectVerb],
};
