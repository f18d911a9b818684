import { type FieldError, invalidValue } from '@t8s/meta';

/** A part of a name in the time zone database: no path may be made of it (https://data.iana.org/time-zones/theory.html#naming). */
const part = /^(?!-)[A-Za-z._\-0-9+]{1,14}$/;

export function validateTimeZone(name: string | undefined, path: string): FieldError[] {
  if (name === undefined) return [];
  if (name === '') return [invalidValue(path, name, 'timeZone must be nil or non-empty string')];
  const unknown = [invalidValue(path, name, `unknown time zone ${name}`)];
  if (name.split('/').some((word) => word === '.' || word === '..' || !part.test(word))) return unknown;
  const local = name.toLowerCase() === 'local';
  return [
    ...(local ? [invalidValue(path, name, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')] : []),
    ...(isTimeZone(name) || name === 'Local' ? [] : unknown),
  ];
}

/** Whether the time zone database has this name, spelled like this: Go finds zones by file name, where case counts. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC') return true;
  if (name.split('/').some((word) => !/^[A-Z]/.test(word))) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
