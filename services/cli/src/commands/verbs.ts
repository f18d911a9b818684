/** Every command of kubectl, in the order its help lists them. */
import { createVerb } from './create/create.ts';
import { getVerb } from './get/get.ts';
import type { Verb } from './verb.ts';

export const kubectlVerb: Verb = {
  name: 'kubectl',
  summary: 'kubectl controls the Kubernetes cluster manager.',
  about: 'Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  verbs: [createVerb, getVerb],
};
