import { Failure } from '../failure.ts';
import type { VerbBody } from '../verb.ts';

/** What commands say that were asked to build a kustomization. */
export const noKustomize = (): Failure =>
  new Failure(
    'error: this client does not build kustomizations; build them with another one and apply the result: kustomize build DIR | kubectl apply -f -',
  );

export const kustomizeVerb: VerbBody = {
  about: 'This client does not build kustomizations: the kustomize program, or another kubectl, does.',
  examples: '# What another program has built\nkustomize build DIR | kubectl apply -f -',
  usage: 'DIR',
  run: async () => {
    throw noKustomize();
  },
};
