/** events.k8s.io/v1 and v1 events are one stored object in two spellings; the store holds the core one. */
import type { CoreEvent, Event } from '../../generated/types.ts';

/** Fields by their core name and by their other one; all others are spelled alike. */
const renamed: readonly [core: string, other: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];
const toCore = new Map(renamed.map(([core, other]) => [other, core]));
const fromCore = new Map(renamed);

const respelled = (event: object, names: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(event).map(([name, value]) => [names.get(name) ?? name, value]));

export function toCoreEvent(event: Event): CoreEvent {
  const { metadata } = event;
  return { involvedObject: {}, ...respelled(event, toCore), metadata, ...(event.kind && { apiVersion: 'v1' }) };
}

/** `eventTime` is a required field of events.k8s.io that core events of old lack: it stays away then. */
export function fromCoreEvent(event: CoreEvent): Event {
  const { metadata, eventTime } = event;
  return { ...respelled(event, fromCore), metadata, ...(event.kind && { apiVersion: 'events.k8s.io/v1' }), eventTime: eventTime as string };
}
