/** An object of a kind that has no describer of its own: its fields, with names as people read them. */
import { type Describer, describeOwnEvents } from './describer.ts';
import { type Description, sorted } from './description.ts';
import { goText } from './go-values.ts';

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
  for (const [key, value] of sorted(fields)) {
    const title = titleOf(key);
    if (typeof value !== 'object' || value === null) {
      to.line(level, `${title}:`, goText(value));
      continue;
    }
    to.line(level, `${title}:`);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (isFields(one)) describeFields(to, level + 1, one);
      else to.line(level + 1, goText(one));
    }
  }
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const acronyms = ['API', 'URL', 'UID', 'OSB', 'GUID'];

/** `podCIDRs` as `Pod CID Rs`: kubectl parts words where the case changes. Names with digits or signs stay as they are. */
export function titleOf(key: string): string {
  if (!/^[\p{L}-]*$/u.test(key)) return key;
  const words = key.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|-+/gu) ?? [];
  return words
    .map((word) => (acronyms.includes(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ');
}
