/** One profile of the configuration: which plugins, with which weights and arguments. */
import { notFoundValue, required } from '@t8s/meta';
import type { ProfileRecipe } from '../create-scheduler.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { PluginContext } from '../framework/plugin-context.ts';
import { registry } from '../plugins/registry.ts';
import { Fields, noRepeats } from './fields.ts';
import { enabledNames, type PluginRef, type PluginSets, readPluginSets, resolvePlugins } from './plugin-sets.ts';

/** Makes a plugin with the arguments it was configured with. */
type Maker = (context: PluginContext) => Plugin;

export interface ConfiguredProfile extends ProfileRecipe {
  sortPlugin: string;
}

const entries = new Map(registry.map((entry) => [entry.name, entry]));
const defaults: readonly PluginRef[] = registry.map(({ name, weight = 0 }) => ({ name, weight }));

/** `percentage`: of the nodes to score, where the profile says nothing. */
export function readProfile(fields: Fields, percentage: number): ConfiguredProfile {
  const { errors } = fields;
  const schedulerName = fields.string('schedulerName', 'default-scheduler');
  if (schedulerName === '') errors.push(required(fields.at('schedulerName')));
  const sets = fields.object('plugins', readPluginSets);
  const makers = readArguments(fields);
  for (const [point, { enabled }] of Object.entries(sets))
    for (const [i, { name }] of enabled.entries())
      if (!entries.has(name)) errors.push(notFoundValue(`${fields.at('plugins')}.${point}.enabled[${i}].name`, name));
  const names = enabledNames(sets, defaults).filter((name) => entries.has(name));
  const sorts = names.filter(
    (name) => entries.get(name)?.isSort && !sets.queueSort.disabled.has(name) && !sets.queueSort.disabled.has('*'),
  );
  const sortPlugin = sets.queueSort.enabled[0]?.name ?? sorts[0] ?? '';
  if (sortPlugin === '') errors.push(required(`${fields.at('plugins')}.queueSort`, 'a profile needs one plugin that sorts the queue'));
  return {
    schedulerName,
    percentageOfNodesToScore: readPercentage(fields, percentage),
    sortPlugin,
    make: (context) => makeProfile(schedulerName, { sets, names, makers, context, path: fields.at('plugins') }),
  };
}

export const readPercentage = (fields: Fields, fallback: number): number =>
  fields.integer('percentageOfNodesToScore', fallback, { min: 0, max: 100 });

/** The default profile under a name. */
export const withoutFile = (schedulerName: string, percentage: number): ConfiguredProfile =>
  readProfile(new Fields({ schedulerName }, '', []), percentage);

/** Arguments of all plugins: those given, and defaults. */
function readArguments(fields: Fields): Map<string, Maker> {
  const { errors } = fields;
  const makers = new Map(registry.map(({ name, configure }) => [name, configure(new Fields({}, '', []))]));
  const named = fields.objects('pluginConfig', (config) => {
    const name = config.requiredString('name');
    const entry = entries.get(name);
    if (!entry) {
      config.value('args');
      if (name !== '') errors.push(notFoundValue(config.at('name'), name));
      return name;
    }
    config.object('args', (args) => {
      args.oneOf('apiVersion', ['kubescheduler.config.k8s.io/v1'], 'kubescheduler.config.k8s.io/v1');
      args.oneOf('kind', [`${name}Args`], `${name}Args`);
      makers.set(name, entry.configure(args));
    });
    return name;
  });
  noRepeats(named ?? [], errors, (i) => `${fields.at('pluginConfig')}[${i}].name`);
  return makers;
}

interface Recipe {
  sets: PluginSets;
  names: readonly string[];
  makers: ReadonlyMap<string, Maker>;
  context: PluginContext;
  path: string;
}

function makeProfile(schedulerName: string, { sets, names, makers, context, path }: Recipe): ReturnType<ProfileRecipe['make']> {
  const made = new Map<string, Plugin>();
  for (const name of names) {
    const plugin = makers.get(name)?.(context);
    if (plugin) made.set(name, plugin);
  }
  const pluginOf = (name: string): Plugin => {
    const plugin = made.get(name);
    if (!plugin) throw new Error(`no plugin ${name}`);
    return plugin;
  };
  return { schedulerName, ...resolvePlugins(sets, { defaults, pluginOf, path }) };
}
