import type { Invocation, Verb } from '../verb.ts';
import { notAPod, podSpecOf } from './pod-spec.ts';
import { setFlags, update } from './update.ts';

export const setServiceAccountVerb: Verb = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  examples: '# The pods of the deployment run as serviceaccount1\nkubectl set serviceaccount deployment nginx-deployment serviceaccount1',
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  flags: setFlags,
  run: setServiceAccount,
};

async function setServiceAccount(invocation: Invocation): Promise<void> {
  const { args } = invocation;
  const name = args.at(-1) ?? '';
  await update(invocation, {
    named: args.slice(0, -1),
    done: 'serviceaccount updated',
    tellsUnchanged: true,
    change(object, { resource }) {
      const pod = podSpecOf(object);
      if (!pod) throw notAPod({ object, resource });
      pod.serviceAccountName = name;
    },
  });
}
