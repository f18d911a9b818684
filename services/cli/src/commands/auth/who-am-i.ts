/** `kubectl auth whoami`: the user that the server takes this client for. */
import { isStatus } from '@t8s/meta';
import { Columns } from '../../printers/columns.ts';
import { objectPrinter } from '../../printers/object-printer.ts';
import { write } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';
import { outputFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';

export const whoAmIVerb: Verb = {
  name: 'whoami',
  summary: 'Experimental: Check self subject attributes',
  examples: `# Who I am
kubectl auth whoami

# As JSON
kubectl auth whoami -o json`,
  flags: [outputFlag],
  run: whoAmI,
};

interface UserInfo {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

async function whoAmI({ session, flags }: Invocation): Promise<void> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
  const { object } = await write(session.client, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body }).catch(
    (error: unknown) => {
      if (!isStatus(error, 'NotFound')) throw error;
      throw new Failure(
        'error: the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API',
      );
    },
  );
  const output = flags.text('output');
  if (output !== '') {
    const resource = { group: 'authentication.k8s.io', version: 'v1', kind: 'SelfSubjectReview', resource: 'selfsubjectreviews' };
    const more = { singular: 'selfsubjectreview', shortNames: [], categories: [], namespaced: false, verbs: ['create'] };
    session.io.out(objectPrinter({ output }).format([{ object, resource: { ...resource, ...more }, isTyped: true }], false));
    return;
  }
  const { username, uid, groups = [], extra = {} } = (object['status'] as { userInfo?: UserInfo } | undefined)?.userInfo ?? {};
  const rows = [
    ['ATTRIBUTE', 'VALUE'],
    ...(username ? [['Username', username]] : []),
    ...(uid ? [['UID', uid]] : []),
    ...(groups.length > 0 ? [['Groups', `[${groups.join(' ')}]`]] : []),
    ...Object.entries(extra)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, values]) => [`Extra: ${key}`, `[${values.join(' ')}]`]),
  ];
  session.io.out(new Columns().format(rows));
}
