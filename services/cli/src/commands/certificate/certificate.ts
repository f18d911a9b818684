import { formatTime, isStatus } from '@t8s/meta';
import { type Located, objectsOnServer } from '../../resources/located.ts';
import { type AnyObject, getObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures } from '../failure.ts';
import { Outcome } from '../outcome.ts';
import { fileFlags, outputFlag } from '../shared-flags.ts';
import type { Flag, Invocation, Verb, VerbBody } from '../verb.ts';

const flags: readonly Flag[] = [
  ...fileFlags('identifying the resource to update'),
  { name: 'force', type: 'boolean', default: false, help: 'Update the CSR even if it is already approved.' },
  outputFlag,
];

const approveVerb: Verb = {
  name: 'approve',
  summary: 'Approve a certificate signing request',
  about: 'The certificate that a controller then issues can open the cluster to whoever asked: look at the request first.',
  examples: '# Approve CSR "csr-sqgzp"\nkubectl certificate approve csr-sqgzp',
  usage: '(-f FILENAME | NAME)',
  flags,
  run: (invocation) => decide(invocation, { type: 'Approved', reason: 'KubectlApprove', word: 'approved' }),
};

const denyVerb: Verb = {
  name: 'deny',
  summary: 'Deny a certificate signing request',
  examples: '# Deny CSR "csr-sqgzp"\nkubectl certificate deny csr-sqgzp',
  usage: '(-f FILENAME | NAME)',
  flags,
  run: (invocation) => decide(invocation, { type: 'Denied', reason: 'KubectlDeny', word: 'denied' }),
};

export const certificateVerb: VerbBody = { about: 'Modify certificate resources.', verbs: [approveVerb, denyVerb] };

interface Decision {
  type: 'Approved' | 'Denied';
  reason: string;
  word: string;
}

async function decide({ session, args, flags }: Invocation, decision: Decision): Promise<void> {
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new Failure('error: one or more CSRs must be specified as <name> or -f <filename>');
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  const named = args.length > 0 ? ['certificatesigningrequests', ...args] : [];
  for (const located of await objectsOnServer(session, named, flags, { selects: false, failures }))
    await failures.attempt(async () => {
      for (let tries = 1; ; tries++)
        try {
          return outcome.tell({ object: await approval(located), resource: located.resource }, decision.word);
        } catch (error) {
          if (!isStatus(error, 'Conflict') || tries >= 10) throw error;
        }
    });
  failures.throwAny();

  async function approval({ object: { metadata }, resource }: Located): Promise<AnyObject> {
    const current = await getObject(session.client, resource, { name: metadata.name });
    const status = (current['status'] ?? {}) as { conditions?: { type: string }[] };
    const conditions = status.conditions ?? [];
    const other = conditions.find(({ type }) => type !== decision.type && ['Approved', 'Denied'].includes(type));
    if (other) throw new Failure(`error: certificate signing request ${JSON.stringify(metadata.name)} is already ${other.type}`);
    if (conditions.some(({ type }) => type === decision.type) && !flags.on('force')) return current;
    const { type, reason } = decision;
    const time = formatTime(session.io.now());
    const message = `This CSR was ${decision.word === 'denied' ? 'denied' : 'approved'} by kubectl certificate ${type === 'Denied' ? 'deny' : 'approve'}.`;
    const condition = { type, status: 'True', reason, message, lastUpdateTime: time, lastTransitionTime: time };
    const body = { ...current, status: { ...status, conditions: [...conditions.filter((one) => one.type !== type), condition] } };
    return (await write(session.client, 'PUT', pathOf(resource, { name: metadata.name, subresource: 'approval' }), { body })).object;
  }
}
