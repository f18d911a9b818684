import type { AnyObject } from '../../resources/requests.ts';
import type { Versions } from './comparison.ts';

type Data = Record<string, unknown>;

/** A Secret's values are not shown: only which are there, and which differ. */
export function masked({ live, merged }: Versions): Versions {
  const hide = (object: AnyObject | undefined, other: AnyObject | undefined, word: string): AnyObject | null => {
    if (!object) return null;
    const [own, others] = [dataOf(object), dataOf(other)];
    if (own === undefined) return object;
    const text = (key: string): string => (others && key in others && others[key] !== own[key] ? `*** (${word})` : '***');
    return { ...object, data: Object.fromEntries(Object.keys(own).map((key) => [key, text(key)])) };
  };
  return { live: hide(live ?? undefined, merged ?? undefined, 'before'), merged: hide(merged ?? undefined, live ?? undefined, 'after') };
}

const dataOf = (object: AnyObject | undefined): Data | undefined => object?.['data'] as Data | undefined;
