/** What each kind's describer is handed, and what is common to all. */
import type { KubeObject } from '@t8s/meta';
import type { Resource } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { type Description, longTime } from './description.ts';
import { describeEvents, eventsOf } from './events.ts';

export interface Subject<T extends KubeObject = KubeObject> {
  object: T;
  resource: Resource;
  session: Session;
  to: Description;
  showEvents: boolean;
}

/** Writes all of the object into `to`. */
export type Describer<T extends KubeObject = KubeObject> = (subject: Subject<T>) => Promise<void>;

/** Name, namespace, labels and annotations, as most kinds begin. */
export function describeHead({ object: { metadata }, resource, to }: Subject, { created = false } = {}): void {
  to.line(0, 'Name:', metadata.name);
  if (resource.namespaced) to.line(0, 'Namespace:', metadata.namespace);
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  if (created) to.line(0, 'CreationTimestamp:', longTime(metadata.creationTimestamp));
}

/** `uid` is that of its events, where it is not the object's own. */
export async function describeOwnEvents(
  { object: { metadata }, resource, session, to, showEvents }: Subject,
  uid = metadata.uid,
): Promise<void> {
  if (!showEvents) return;
  const { name, namespace } = metadata;
  describeEvents(to, await eventsOf(session, { kind: resource.kind, name, uid, namespace }), session.io.now());
}
