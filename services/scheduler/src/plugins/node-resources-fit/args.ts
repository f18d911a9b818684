import { invalidValue, required } from '@t8s/meta';
import type { Fields } from '../../config/fields.ts';
import type { ScoringStrategy, ShapePoint } from './scoring-strategy.ts';

export interface NodeResourcesFitArgs {
  /** Extended resources that filter does not look at, by name and by the part before the slash. */
  ignoredResources: ReadonlySet<string>;
  ignoredResourceGroups: ReadonlySet<string>;
  scoringStrategy: ScoringStrategy;
}

const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;

export function readNodeResourcesFitArgs(fields: Fields): NodeResourcesFitArgs {
  const groups = fields.strings('ignoredResourceGroups');
  for (const [i, group] of groups.entries())
    if (group.includes('/'))
      fields.errors.push(invalidValue(`${fields.at('ignoredResourceGroups')}[${i}]`, group, "resource group name can't contain '/'"));
  return {
    ignoredResources: new Set(fields.strings('ignoredResources')),
    ignoredResourceGroups: new Set(groups),
    scoringStrategy: fields.object('scoringStrategy', readStrategy),
  };
}

function readStrategy(fields: Fields): ScoringStrategy {
  const type = fields.oneOf('type', types, 'LeastAllocated');
  const resources = readResources(fields, 100);
  const shape = fields.object('requestedToCapacityRatio', readShape);
  if (type === 'RequestedToCapacityRatio' && shape.length === 0)
    fields.errors.push(required(`${fields.at('requestedToCapacityRatio')}.shape`, 'at least one point must be specified'));
  return { type, resources, shape };
}

/** The resources to look at, with weights from 1 to `max`: CPU and memory alike unless said otherwise. */
export function readResources(fields: Fields, max: number): { name: string; weight: number }[] {
  const resources = fields.objects('resources', (resource) => {
    const name = resource.requiredString('name');
    return {
      name,
      weight: resource.integer('weight', 1, { min: 1, max, says: `resource weight of ${name} not in valid range [1-${max}]` }),
    };
  });
  return resources && resources.length > 0 ? resources : ['cpu', 'memory'].map((name) => ({ name, weight: 1 }));
}

function readShape(fields: Fields): ShapePoint[] {
  const shape =
    fields.objects('shape', (point) => ({
      utilization: point.integer('utilization', 0, { min: 0, max: 100 }),
      score: point.integer('score', 0, { min: 0, max: 10 }),
    })) ?? [];
  for (const [i, { utilization }] of shape.entries())
    if (i > 0 && utilization <= (shape[i - 1]?.utilization ?? 0))
      fields.errors.push(
        invalidValue(`${fields.at('shape')}[${i}].utilization`, utilization, 'utilization values must be sorted in increasing order'),
      );
  return shape;
}
