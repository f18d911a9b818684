/** ReplicaSet: keeps `spec.replicas` pods of the template alive. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
import { replicaSetKind } from '@t8s/api';
import type { Controller } from '@t8s/controller';
import { toSelector } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { replicaController } from '../../replicas/controller.ts';

export const replicaSetController = (context: ControllerContext): Controller =>
  replicaController(context, {
    kind: replicaSetKind,
    component: 'replicaset-controller',
    selectorOf: ({ spec }) => toSelector(spec.selector),
  });
