import type { Service } from '@t8s/api';
import { Failure } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import type { Invocation, Verb } from '../verb.ts';
import { setFlags, update } from './update.ts';

export const setSelectorVerb: Verb = {
  name: 'selector',
  summary: 'Set the selector on a resource',
  about: 'The new selector takes the place of the old one. Only services have one that can be set.',
  examples: '# The service is for other pods\nkubectl set selector service my-service environment=qa',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS',
  flags: setFlags,
  run: setSelector,
};

async function setSelector(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  const text = args.at(-1) ?? '';
  const named = args.slice(0, -1);
  if (text === '' && flags.list('filename').length > 0) throw new Failure('error: no selector specified');
  await update(invocation, {
    named,
    done: 'selector updated',
    tellsUnchanged: true,
    change(object, { resource }) {
      if (resource.kind !== 'Service') throw new Failure('error: setting a selector is only supported for Services');
      (object as unknown as Service).spec.selector = parseLabels(text);
    },
  });
}
