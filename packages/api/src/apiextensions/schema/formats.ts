/** The string formats that custom resources are held to (kube-openapi's strfmt, as far as CustomResourceDefinitions may use it). */
import { isIP, isIPv6 } from 'node:net';
import { isCidr } from './cidr.ts';

const patterns: Record<string, RegExp> = {
  bsonobjectid: /^[0-9a-fA-F]{24}$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid3: /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid4: /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  uuid5: /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  hexcolor: /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/,
  ssn: /^(?=.{11}$)\d{3}[- ]?\d{2}[- ]?\d{4}$/,
  mac: /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}([0-9a-f]{2}|([0-9a-f]{2}\2){2}[0-9a-f]{2}|([0-9a-f]{2}\2){14}[0-9a-f]{2})$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$|^([0-9a-f]{4}\.){3}[0-9a-f]{4}$|^([0-9a-f]{4}\.){9}[0-9a-f]{4}$/i,
  creditcard:
    /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/,
  label: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  subdomain: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  hostname:
    /^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u,
  // What net/mail takes, but for comments, quoted names and folded lines.
  email:
    /^(?:[^<>@"]*<)?[\w!#$%&'*+/=?^`{|}~\u0080-\uffff-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\uffff-]+)*@(?:[^\s<>@[\]\\,;:"().]+(?:\.[^\s<>@[\]\\,;:"().]+)*|\[[^\s[\]\\]*\])>?$/u,
};

const matches =
  (name: string) =>
  (text: string): boolean =>
    patterns[name]?.test(text) ?? false;

const formats: Record<string, (text: string) => boolean> = {
  ...Object.fromEntries(
    ['bsonobjectid', 'uuid', 'uuid3', 'uuid4', 'uuid5', 'hexcolor', 'byte', 'ssn', 'mac', 'email'].map((name) => [name, matches(name)]),
  ),
  uri: isRequestUri,
  hostname: (text) => matches('hostname')(text) && text.length <= 255 && text.split('.').every((label) => label.length <= 63),
  ipv4: (text) => text.includes('.') && isIP(withoutLeadingZeros(text)) !== 0,
  ipv6: (text) => isIPv6(text) && !text.includes('%'),
  cidr: isCidr,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  rgbcolor: isRgbColor,
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= 63 && matches('label')(text),
  k8slongname: (text) => text.length <= 253 && matches('subdomain')(text),
};

/** The check of a format, or undefined where it is only a word. Dashes in names do not count. */
export const formatCheck = (format: string | undefined): ((text: string) => boolean) | undefined =>
  format === undefined ? undefined : formats[format.replaceAll('-', '')];

/** Whether a schema of this type says something with this format (upstream warns where it does not). */
export function recognisesFormat(type: string | undefined, format: string): boolean {
  if (type === undefined || type === '' || type === 'string') return formatCheck(format) !== undefined || format === 'quantity';
  if (type === 'integer') return format === 'int32' || format === 'int64';
  return type === 'number' && (format === 'float' || format === 'double');
}

const withoutLeadingZeros = (text: string): string => text.replaceAll(/\b0+(?=\d)/g, '');

/** An absolute URI, or a path from the root. */
function isRequestUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no URI may have
  if (/[\u0000-\u0020\u007f]/.test(text.replace(/\?.*$/s, ''))) return false;
  if (/%(?![0-9a-fA-F]{2})/.test(text.replace(/[?#].*$/s, ''))) return false;
  return text.startsWith('/') || /^[a-zA-Z][a-zA-Z0-9+.-]*:./.test(text);
}

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const [m, d] = [Number(month), Number(day)];
  return year !== '' && m >= 1 && m <= 12 && d >= 1 && d <= new Date(Date.UTC(2000 + (Number(year) % 400), m, 0)).getUTCDate();
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  const parts = /^(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)$/.exec(time ?? '');
  if (!parts || !isDate(date)) return false;
  const [, hours = '', minutes = '', seconds = ''] = parts;
  return hours <= '23' && minutes <= '59' && seconds <= '59';
}

/** Go's durations (`1h30m`, `-1.5s`), and Scala's (`2 days`). */
function isDuration(text: string): boolean {
  if (text === '0' || /^[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text) || /^[+-]0$/.test(text)) return true;
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) =>
    /^(ns|us|µs|ms|s|m|h|d|w|hr|wk|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*|week.*)$/i.test(unit),
  );
}

function isRgbColor(text: string): boolean {
  const part = '(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';
  return new RegExp(`^rgb\\(\\s*${part}\\s*,\\s*${part}\\s*,\\s*${part}\\s*\\)$`).test(text);
}

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/\D+/g, '');
  if (!matches('creditcard')(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, i) => sum + (i + 1) * (digit === 'X' ? 10 : Number(digit)), 0) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}
