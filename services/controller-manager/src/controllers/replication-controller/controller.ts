/** ReplicationController: the older ReplicaSet. https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/ */
import { replicationControllerKind } from '@t8s/api';
import type { Controller } from '@t8s/controller';
import { selectorFromMap } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { replicaController } from '../../replicas/controller.ts';

export const replicationControllerController = (context: ControllerContext): Controller =>
  replicaController(context, {
    kind: replicationControllerKind,
    component: 'replication-controller',
    selectorOf: ({ spec }) => selectorFromMap(spec.selector ?? {}),
  });
