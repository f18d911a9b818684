/** The part of an object that says what runs: a pod's own, or the one of the pods a workload makes. */
import type { Container, PodSpec } from '@t8s/api';
import type { Located } from '../../resources/located.ts';
import type { AnyObject } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';

/** Undefined where the object is no pod and makes none. */
export function podSpecOf(object: AnyObject): PodSpec | undefined {
  type Templated = { template?: { spec?: PodSpec } };
  const spec = (object['spec'] ?? {}) as Templated & { jobTemplate?: { spec?: Templated } } & Partial<PodSpec>;
  const pod = spec.template?.spec ?? spec.jobTemplate?.spec?.template?.spec ?? spec;
  return pod.containers && (pod as PodSpec);
}

export const notAPod = ({ object, resource }: Pick<Located, 'object' | 'resource'>): Failure =>
  new Failure(
    `error: ${resource.resource}/${object.metadata.name} the object is not a pod or does not have a pod template: *${resource.version}.${resource.kind}`,
  );

/** Those whose names match `pattern`, in which `*` stands for any letters: containers, then init containers. */
export function containersLike({ containers, initContainers = [] }: PodSpec, pattern: string): Container[] {
  const matches = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`);
  return [...containers, ...initContainers].filter(({ name }) => matches.test(name));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
