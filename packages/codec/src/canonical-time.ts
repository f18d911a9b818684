/** RFC 3339 times as the wire writes them, with the errors of Go's time.Parse. */
import { formatMicroTime, formatTime } from '@t8s/meta';
import { DecodeError } from './decode-error.ts';

type Precision = 'time' | 'microtime';

const layouts: Record<Precision, string> = { time: '2006-01-02T15:04:05Z07:00', microtime: '2006-01-02T15:04:05.000000Z07:00' };
const shapes: Record<Precision, RegExp> = {
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  microtime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
};

/** `text` in UTC with the precision of its type; most texts are that already. Throws DecodeError. */
export function canonicalTime(text: string, precision: Precision): string {
  const exact = shapes[precision].test(text) && Number(text.slice(8, 10)) <= 28 ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(exact) && text.slice(11, 13) !== '24') return text;
  checkLayout(text, precision);
  const ms = Date.parse(text);
  if (precision === 'time') return formatTime(ms);
  const micros = /\.(\d{6})/.exec(text)?.[1] ?? '000000';
  return formatMicroTime(ms).replace(/\d{6}Z$/, `${micros}Z`);
}

/** Follows the layout element by element; the first that does not fit is what the message names. */
function checkLayout(text: string, precision: Precision): void {
  const layout = layouts[precision];
  const elements: [layout: string, pattern: RegExp][] = [
    ['2006', /^\d{4}/],
    ['-', /^-/],
    ['01', /^\d\d/],
    ['-', /^-/],
    ['02', /^\d\d/],
    ['T', /^T/],
    ['15', /^\d\d/],
    [':', /^:/],
    ['04', /^\d\d/],
    [':', /^:/],
    ['05', precision === 'time' ? /^\d\d([.,]\d+)?/ : /^\d\d/],
    ...(precision === 'time' ? [] : ([['.000000', /^\.\d{6}/]] satisfies [string, RegExp][])),
    ['Z07:00', /^(Z|[+-]\d\d:\d\d)/],
  ];
  let rest = text;
  const numbers: number[] = [];
  for (const [element, pattern] of elements) {
    const match = pattern.exec(rest);
    if (!match) throw new DecodeError(`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse "${rest}" as "${element}"`);
    if (/^\d\d/.test(element)) numbers.push(Number.parseInt(match[0], 10));
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') throw new DecodeError(`parsing time ${JSON.stringify(text)}: extra text: "${rest}"`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const outOfRange =
    month < 1 || month > 12
      ? 'month'
      : hour > 23
        ? 'hour'
        : minute > 59
          ? 'minute'
          : second > 59
            ? 'second'
            : day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()
              ? 'day'
              : undefined;
  if (outOfRange) throw new DecodeError(`parsing time ${JSON.stringify(text)}: ${outOfRange} out of range`);
}
