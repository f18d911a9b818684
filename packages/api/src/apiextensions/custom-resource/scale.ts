import { type FieldError, invalidValue, type KubeObject } from '@t8s/meta';
import type { CustomResourceSubresourceScale } from '../../generated/types.ts';
import type { ScaleAccess } from '../../kind.ts';
import { accessError, putAt, stepsOf, valueAt } from './simple-path.ts';

/** Where the numbers of a custom resource are; one that says nothing has none. */
export function customScale({
  specReplicasPath,
  statusReplicasPath,
  labelSelectorPath,
}: CustomResourceSubresourceScale): ScaleAccess<KubeObject> {
  const [spec, status] = [stepsOf(specReplicasPath), stepsOf(statusReplicasPath)];
  const selector = labelSelectorPath ? stepsOf(labelSelectorPath) : undefined;
  const numberAt = (object: KubeObject, steps: readonly string[]): number => {
    const value = valueAt(object, steps);
    return typeof value === 'number' ? value : 0;
  };
  return {
    replicas: (object) => numberAt(object, spec),
    setReplicas: (object, replicas) => putAt(object, spec, replicas),
    statusReplicas: (object) => numberAt(object, status),
    selector(object) {
      const text = selector && valueAt(object, selector);
      return typeof text === 'string' ? text : '';
    },
  };
}

/** Whether scaling would find what it looks for; a write of the status says nothing of the spec. */
export function validateScale(
  object: KubeObject,
  { specReplicasPath, statusReplicasPath, labelSelectorPath }: CustomResourceSubresourceScale,
  { ofStatus = false } = {},
): FieldError[] {
  const selectorError = labelSelectorPath ? accessError(object, stepsOf(labelSelectorPath), 'string') : undefined;
  return [
    ...(ofStatus ? [] : validateReplicas(object, specReplicasPath)),
    ...validateReplicas(object, statusReplicasPath),
    ...(labelSelectorPath && selectorError ? [invalidValue(labelSelectorPath, '', selectorError)] : []),
  ];
}

const maxReplicas = 2 ** 31 - 1;

function validateReplicas(object: KubeObject, path: string): FieldError[] {
  const steps = stepsOf(path);
  const error = accessError(object, steps, 'int64');
  if (error !== undefined) return [invalidValue(path, 0, error)];
  const replicas = Number(valueAt(object, steps) ?? 0);
  if (replicas < 0) return [invalidValue(path, replicas, 'should be a non-negative integer')];
  return replicas > maxReplicas ? [invalidValue(path, replicas, `should be less than or equal to ${maxReplicas}`)] : [];
}
