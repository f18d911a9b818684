import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '@t8s/api';
import { formatTime } from '@t8s/meta';

type Status = NonNullable<CustomResourceDefinition['status']>;

/** A condition as it should be; when it came to be so is found out by comparison. */
export type Wanted = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

export const isTrue = ({ status }: CustomResourceDefinition, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

/** The conditions with this one as it should be; its time is new only where its status is. */
export function withCondition(conditions: Status['conditions'] = [], wanted: Wanted, now: number): CustomResourceDefinitionCondition[] {
  const old = conditions.find(({ type }) => type === wanted.type);
  const isOld = old?.status === wanted.status && old.lastTransitionTime !== undefined;
  const { type, status, reason, message } = wanted;
  const made = { type, status, lastTransitionTime: isOld ? old.lastTransitionTime : formatTime(now), reason, message };
  return old ? conditions.map((condition) => (condition === old ? made : condition)) : [...conditions, made];
}
