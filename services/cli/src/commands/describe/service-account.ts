import type { Secret, ServiceAccount } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { listObjects } from '../../resources/requests.ts';
import { type Describer, describeHead, describeOwnEvents, type Subject } from './describer.ts';

export const describeServiceAccount: Describer<ServiceAccount> = async (subject) => {
  const { object, to } = subject;
  const { imagePullSecrets = [], secrets: mountable = [] } = object;
  const secrets = await secretsBeside(subject);
  const known = secrets && new Set(secrets.map(({ metadata }) => metadata.name));
  const tokens = (secrets ?? []).filter((secret) => isTokenOf(secret, object)).map(({ metadata }) => metadata);
  describeHead(subject);
  for (const [title, references] of [
    ['Image pull secrets:', imagePullSecrets],
    ['Mountable secrets:', mountable],
    ['Tokens:', tokens],
  ] as const) {
    if (references.length === 0) to.line(0, title, '<none>');
    for (const [i, { name }] of references.entries())
      to.line(0, i === 0 ? title : '', known && !known.has(name) ? `${name} (not found)` : name);
  }
  await describeOwnEvents(subject);
};

/** Undefined where they may not be seen. */
async function secretsBeside({ object: { metadata }, session }: Subject): Promise<Secret[] | undefined> {
  try {
    const { items } = await listObjects(session.client, await session.discovery.find('secrets'), { namespace: metadata.namespace });
    return items as unknown as Secret[];
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

function isTokenOf({ type, metadata: { annotations = {} } }: Secret, { metadata: { name, uid } }: ServiceAccount): boolean {
  const [owner, ownerUid] = [annotations['kubernetes.io/service-account.name'], annotations['kubernetes.io/service-account.uid']];
  return type === 'kubernetes.io/service-account-token' && owner === name && ownerUid === uid;
}
