/** Which plugins a scheduler of one name runs at each extension point. */
import type { Plugin } from './plugin.ts';

export const points = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
export type Point = (typeof points)[number];

export interface Profile {
  schedulerName: string;
  /** In the order they run. */
  plugins: Readonly<Record<Point, readonly Plugin[]>>;
  /** Of the scores, by plugin name; 1 where it says nothing. */
  weights: ReadonlyMap<string, number>;
}

export const hasPoint = (plugin: Plugin, point: Point): boolean =>
  point === 'reserve' ? (plugin.reserve ?? plugin.unreserve) !== undefined : plugin[point === 'queueSort' ? 'less' : point] !== undefined;

/** A profile that runs each plugin at every point it has. */
export function profileOf(schedulerName: string, entries: readonly { plugin: Plugin; weight?: number }[]): Profile {
  const at = (point: Point): readonly Plugin[] => entries.map(({ plugin }) => plugin).filter((plugin) => hasPoint(plugin, point));
  return {
    schedulerName,
    plugins: Object.fromEntries(points.map((point) => [point, at(point)])) as Record<Point, readonly Plugin[]>,
    weights: new Map(entries.map(({ plugin, weight = 1 }) => [plugin.name, weight])),
  };
}
