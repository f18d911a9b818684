/** An object of a kind that has no describer of its own: its fields, with names as people read them. */
import { type Describer, describeOwnEvents } from './describer.ts';
import type { Description } from './description.ts';

export const describeAny: Describer = async (subject) => {
  const { object, to, resource } = subject;
  const { metadata, kind: _, apiVersion: __, ...content } = object as typeof object & Record<string, unknown>;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'Namespace:', resource.namespaced ? metadata.namespace : '');
  to.map('Labels', metadata.labels);
  to.annotations(metadata.annotations);
  const hidden = ['name', 'namespace', 'labels', 'annotations', 'managedFields'];
  const shown = Object.fromEntries(Object.entries(metadata).filter(([key]) => !hidden.includes(key)));
  const whole = { apiVersion: object.apiVersion, kind: object.kind, metadata: shown, ...content };
  describeFields(to, 0, whole);
  await describeOwnEvents(subject);
};

function describeFields(to: Description, level: number, fields: Record<string, unknown>): void {
  const titled = Object.entries(fields).map(([key, value]) => [titleOf(key), value] as const);
  for (const [title, value] of titled.sort(([a], [b]) => (a < b ? -1 : 1))) describeValue(to, level, title, value);
}

function describeValue(to: Description, level: number, title: string, value: unknown): void {
  if (Array.isArray(value)) {
    to.line(level, `${title}:`);
    for (const item of value) {
      if (isFields(item)) describeFields(to, level + 1, item);
      else to.line(level + 1, String(item));
    }
  } else if (isFields(value)) {
    to.line(level, `${title}:`);
    describeFields(to, level + 1, value);
  } else to.line(level, `${title}:`, value === null ? '<nil>' : String(value));
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `creationTimestamp` → `Creation Timestamp`, `podCIDR` → `Pod CIDR`. */
function titleOf(key: string): string {
  const words = key.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return words
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
    .replace(/^Api Version$/, 'API Version')
    .replace(/^Uid$/, 'UID');
}
