import type { Container, Pod } from '@t8s/api';
import { allContainers } from '../pods/pod-format.ts';

export interface ObjectReference {
  kind: 'configmap' | 'secret';
  name: string;
}

/** Every ConfigMap and Secret that the pod names: in its environment, its volumes, its pull secrets. */
export function referencedObjects(pod: Pod): ObjectReference[] {
  const { spec } = pod;
  const found = new Map<string, ObjectReference>();
  const add = (kind: ObjectReference['kind'], name: string | undefined): void => {
    if (name) found.set(`${kind}/${name}`, { kind, name });
  };
  const ofContainer = ({ env = [], envFrom = [] }: Container): void => {
    for (const { valueFrom } of env) {
      add('configmap', valueFrom?.configMapKeyRef?.name);
      add('secret', valueFrom?.secretKeyRef?.name);
    }
    for (const { configMapRef, secretRef } of envFrom) {
      add('configmap', configMapRef?.name);
      add('secret', secretRef?.name);
    }
  };
  for (const container of allContainers(pod)) ofContainer(container);
  for (const { configMap, secret, projected } of spec.volumes ?? []) {
    add('configmap', configMap?.name);
    add('secret', secret?.secretName);
    for (const source of projected?.sources ?? []) {
      add('configmap', source.configMap?.name);
      add('secret', source.secret?.name);
    }
  }
  for (const { name } of spec.imagePullSecrets ?? []) add('secret', name);
  return [...found.values()];
}
