/** What --record does: the command stands in an annotation of what it changed, for `rollout history`. */
import type { AnyObject } from '../resources/requests.ts';
import type { Invocation } from './verb.ts';

export const changeCauseAnnotation = 'kubernetes.io/change-cause';

/** `kubectl set image deploy/web nginx=nginx:2 --record=true`; undefined without --record. */
export function changeCause({ path, args, flags }: Invocation): string | undefined {
  if (!flags.has('record') || !flags.on('record')) return undefined;
  return [path, ...args, ...flags.givenTexts().map(([name, value]) => `--${name}=${value}`)].join(' ');
}

/** `object` with the annotation, where the command is to be recorded. */
export function withChangeCause<T extends AnyObject>(object: T, invocation: Invocation): T {
  const cause = changeCause(invocation);
  if (cause === undefined) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [changeCauseAnnotation]: cause } } };
}
