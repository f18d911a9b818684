/** The text of one `kubectl describe`, built line by line: two spaces a level, tabs between a name and its value. */
import { humanDuration } from '@t8s/meta';
import { alignTabs } from '../../printers/elastic-tabs.ts';

/** Longest line of an annotation, in bytes. */
const annotationWidth = 140;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export class Description {
  #text = '';

  /** Text as it is, tabs and line ends included. */
  raw(text: string): void {
    this.#text += text;
  }

  line(level: number, ...cells: (string | number | boolean | undefined)[]): void {
    this.#text += `${'  '.repeat(level)}${cells.map((cell) => String(cell ?? '')).join('\t')}\n`;
  }

  /** `key=value` lines in order of the keys, below each other. */
  map(title: string, map: Readonly<Record<string, string>> | undefined): void {
    const entries = sorted(map);
    if (entries.length === 0) this.line(0, `${title}:`, '<none>');
    for (const [i, [key, value]] of entries.entries()) this.line(0, i === 0 ? `${title}:` : '', `${key}=${value}`);
  }

  annotations(map: Readonly<Record<string, string>> | undefined, title = 'Annotations'): void {
    const entries = sorted(map).filter(([key]) => key !== lastApplied);
    if (entries.length === 0) this.line(0, `${title}:`, '<none>');
    for (const [i, [key, text]] of entries.entries()) {
      const value = text.replace(/\n$/, '');
      const first = i === 0 ? `${title}:` : '';
      if (Buffer.byteLength(value) + Buffer.byteLength(key) + 2 <= annotationWidth && !value.includes('\n')) {
        this.line(0, first, `${key}: ${value}`);
        continue;
      }
      this.line(0, first, `${key}:`);
      for (const part of value.split('\n')) this.line(0, '', `  ${shorten(part, annotationWidth - 2)}`);
    }
  }

  /** With tabs where columns would be. */
  get unaligned(): string {
    return this.#text;
  }

  /** Aligned; what would steer a terminal is shown instead. */
  toString(): string {
    return alignTabs(this.#text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r'));
  }
}

export const sorted = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Cut after `max` bytes. */
export const shorten = (text: string, max: number): string =>
  Buffer.byteLength(text) > max ? `${Buffer.from(text).subarray(0, max).toString()}...` : text;

/** `Sat, 21 Nov 2026 06:29:21 +0000`, in the zone of this machine (Go's RFC1123Z). */
export function longTime(text: string | undefined): string {
  if (!text) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const date = new Date(text);
  const offset = -date.getTimezoneOffset();
  const two = (n: number): string => String(n).padStart(2, '0');
  const local = new Date(date.getTime() + offset * 60_000).toUTCString().replace(' GMT', '');
  return `${local} ${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
}

export const since = (text: string | undefined | null, now: number): string => (text ? humanDuration(now - Date.parse(text)) : '<unknown>');

/** As kubectl writes booleans that may be absent. */
export const trueOrFalse = (value: boolean | undefined): string => (value === undefined ? '<unset>' : value ? 'True' : 'False');
