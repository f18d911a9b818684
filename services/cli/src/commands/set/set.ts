import type { VerbBody } from '../verb.ts';
import { setImageVerb } from './image.ts';

export const setVerb: VerbBody = {
  about: 'These commands help you make changes to existing application resources.',
  verbs: [setImageVerb],
};
