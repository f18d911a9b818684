import type { Verb } from '../verb.ts';
import { setImageVerb } from './image.ts';

export const setVerb: Verb = {
  name: 'set',
  summary: 'Set specific features on objects',
  about: 'These commands help you make changes to existing application resources.',
  verbs: [setImageVerb],
};
