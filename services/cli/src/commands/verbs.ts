/** Every command of kubectl, in the order its help lists them. */
import { applyVerb } from './apply/apply.ts';
import { createVerb } from './create/create.ts';
import { deleteVerb } from './delete/delete.ts';
import { exposeVerb } from './expose/expose.ts';
import { getVerb } from './get/get.ts';
import { annotateVerb, labelVerb } from './label/label.ts';
import { patchVerb } from './patch/patch.ts';
import { scaleVerb } from './scale/scale.ts';
import { setVerb } from './set/set.ts';
import type { Verb } from './verb.ts';

export const kubectlVerb: Verb = {
  name: 'kubectl',
  summary: 'kubectl controls the Kubernetes cluster manager.',
  about: 'Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  verbs: [createVerb, exposeVerb, setVerb, getVerb, deleteVerb, scaleVerb, applyVerb, patchVerb, labelVerb, annotateVerb],
};
