/** Which plugins of a profile run where: the defaults, changed by what its `plugins` enable and disable. */
import { UsageError } from '@t8s/component';
import type { Plugin } from '../framework/plugin.ts';
import { hasPoint, type Point, points } from '../framework/profile.ts';
import { type Fields, noRepeats } from './fields.ts';

export interface PluginRef {
  name: string;
  /** 0: not said. */
  weight: number;
}

interface PluginSet {
  enabled: readonly PluginRef[];
  disabled: ReadonlySet<string>;
}

export type PluginSets = Readonly<Record<Point | 'multiPoint', PluginSet>>;

const all = '*';
/** What a plugin finds at the first point it uses at the second. */
const prepared: readonly (readonly [Point, Point])[] = [
  ['preFilter', 'filter'],
  ['preScore', 'score'],
];

export function readPluginSets(fields: Fields): PluginSets {
  const read = (point: string): PluginSet => fields.object(point, readPluginSet);
  return Object.fromEntries([...points, 'multiPoint'].map((point) => [point, read(point)])) as unknown as PluginSets;
}

function readPluginSet(fields: Fields): PluginSet {
  const readRef = (ref: Fields): PluginRef => ({ name: ref.requiredString('name'), weight: ref.integer('weight', 0, { min: 0 }) });
  const enabled = fields.objects('enabled', readRef) ?? [];
  const disabled = (fields.objects('disabled', readRef) ?? []).map(({ name }) => name);
  noRepeats(
    enabled.map(({ name }) => name),
    fields.errors,
    (i) => `${fields.at('enabled')}[${i}].name`,
  );
  noRepeats(disabled, fields.errors, (i) => `${fields.at('disabled')}[${i}].name`);
  return { enabled, disabled: new Set(disabled) };
}

/** All names that a profile runs anywhere. */
export function enabledNames(sets: PluginSets, defaults: readonly PluginRef[]): string[] {
  return [...new Set([...multiPoint(sets, defaults), ...points.flatMap((point) => sets[point].enabled)].map(({ name }) => name))];
}

/** Those enabled at every point they have: the defaults that are left, re-weighted ones in their place, then further ones. */
function multiPoint({ multiPoint: { enabled, disabled } }: PluginSets, defaults: readonly PluginRef[]): PluginRef[] {
  const custom = new Map(enabled.map((ref) => [ref.name, ref]));
  const kept = disabled.has(all) ? [] : defaults.filter(({ name }) => !disabled.has(name)).map((ref) => custom.get(ref.name) ?? ref);
  const isKept = new Set(kept.map(({ name }) => name));
  return [...kept, ...enabled.filter(({ name }) => !isKept.has(name))];
}

export interface Resolved {
  plugins: Record<Point, Plugin[]>;
  weights: Map<string, number>;
}

export interface ResolveOptions {
  defaults: readonly PluginRef[];
  pluginOf(name: string): Plugin;
  /** Of the sets in their file. */
  path: string;
}

/**
 * A point's own settings go before those of multiPoint. Order: plugins of multiPoint that the point names too, in the point's
 * order; the others of multiPoint; the others of the point. Throws UsageError where a plugin cannot do what it is enabled for.
 */
export function resolvePlugins(sets: PluginSets, { defaults, pluginOf, path }: ResolveOptions): Resolved {
  const everywhere = multiPoint(sets, defaults);
  const weights = new Map(everywhere.map(({ name, weight }) => [name, weight || 1]));
  for (const { name, weight } of sets.score.enabled) weights.set(name, weight || 1);
  const at = (point: Point): Plugin[] => {
    const { enabled, disabled } = sets[point];
    const own = enabled.map(({ name }) => name);
    const shared = disabled.has(all)
      ? []
      : everywhere.map(({ name }) => name).filter((name) => !disabled.has(name) && hasPoint(pluginOf(name), point));
    const names = [
      ...own.filter((name) => shared.includes(name)),
      ...shared.filter((name) => !own.includes(name)),
      ...own.filter((name) => !shared.includes(name)),
    ];
    const idle = own.find((name) => !hasPoint(pluginOf(name), point));
    if (idle !== undefined) throw new UsageError(`${path}.${point}.enabled: plugin ${JSON.stringify(idle)} has no ${point}`);
    return names.map(pluginOf);
  };
  const plugins = Object.fromEntries(points.map((point) => [point, at(point)])) as Record<Point, Plugin[]>;
  if (plugins.bind.length === 0) throw new UsageError(`${path}.bind: a profile needs at least one plugin that binds`);
  for (const [before, after] of prepared)
    for (const plugin of plugins[after])
      if (hasPoint(plugin, before) && !plugins[before].includes(plugin))
        throw new UsageError(`${path}.${before}.disabled: ${plugin.name} needs its ${before} for its ${after}: disable both or none`);
  return { plugins, weights };
}
