/** LimitRanges and ResourceQuotas, by themselves and within their namespace. */
import type { LimitRange, LimitRangeItem, ResourceQuota } from '@t8s/api';
import type { Describer } from './describer.ts';
import { type Description, sorted } from './description.ts';

const limitHead = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];
const limitRule = limitHead.map((title) => '-'.repeat(title.length));

export const describeLimitRange: Describer<LimitRange> = async ({ object, to }) => {
  to.line(0, 'Name:', object.metadata.name);
  to.line(0, 'Namespace:', object.metadata.namespace);
  to.line(0, ...limitHead);
  to.line(0, ...limitRule);
  for (const cells of limitRows(object)) to.line(0, ...cells);
};

/** Of a namespace: every range's limits in one table. */
export function describeLimitRanges(to: Description, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    to.line(0, 'No LimitRange resource.');
    return;
  }
  to.raw(`Resource Limits\n ${limitHead.join('\t')}\n ${limitRule.join('\t')}\n`);
  for (const range of ranges) for (const cells of limitRows(range)) to.raw(` ${cells.join('\t')}\n`);
}

/** kubectl leaves the order of an item's resources to chance: here it is theirs by name. */
const limitRows = ({ spec }: LimitRange): string[][] => (spec.limits ?? []).flatMap(itemRows);

function itemRows({
  type,
  min = {},
  max = {},
  default: limit = {},
  defaultRequest = {},
  maxLimitRequestRatio = {},
}: LimitRangeItem): string[][] {
  const columns = [min, max, defaultRequest, limit, maxLimitRequestRatio];
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))].sort();
  return names.map((name) => [type, name, ...columns.map((column) => column[name] ?? '-')]);
}

const scopeMeanings: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export const describeResourceQuota: Describer<ResourceQuota> = async ({ object, to }) => {
  to.line(0, 'Name:', object.metadata.name);
  to.line(0, 'Namespace:', object.metadata.namespace);
  describeScopes(to, 0, object);
  to.line(0, 'Resource', 'Used', 'Hard');
  to.line(0, '--------', '----', '----');
  for (const cells of quotaRows(object)) to.line(0, ...cells);
};

/** Of a namespace: a table for each. */
export function describeResourceQuotas(to: Description, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    to.line(0, 'No resource quota.');
    return;
  }
  to.line(0, 'Resource Quotas');
  const name = ({ metadata }: ResourceQuota): string => metadata.name ?? '';
  for (const quota of [...quotas].sort((a, b) => (name(a) < name(b) ? -1 : 1))) {
    to.line(1, 'Name:', name(quota));
    describeScopes(to, 1, quota);
    to.line(1, 'Resource', 'Used', 'Hard');
    to.line(1, '--------', '---', '---');
    for (const cells of quotaRows(quota)) to.line(1, ...cells);
  }
}

function describeScopes(to: Description, level: number, { spec }: ResourceQuota): void {
  const scopes = [...(spec.scopes ?? [])].sort();
  if (scopes.length === 0) return;
  to.line(level, 'Scopes:', scopes.join(', '));
  for (const scope of scopes) if (scopeMeanings[scope]) to.raw(`${level === 0 ? ' ' : '  '}* ${scopeMeanings[scope]}\n`);
}

const quotaRows = ({ status }: ResourceQuota): string[][] =>
  sorted(status?.hard).map(([name, hard]) => [name, status?.used?.[name] ?? '0', hard]);
