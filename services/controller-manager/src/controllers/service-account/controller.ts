/** Every namespace has the service account `default`. */
import { namespaceKind, serviceAccountKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

const name = 'default';

export function serviceAccountController({ client, informers, clock, log }: ControllerContext): Controller {
  const namespaces = informers.informer(namespaceKind);
  const accounts = informers.informer(serviceAccountKind);
  const controller = new Controller({ name: 'serviceaccount', informers: [namespaces, accounts], reconcile, log, clock });
  controller.watch(namespaces, (namespace) => [namespace.metadata.name ?? '']);
  accounts.addHandler({ deleted: (account) => account.metadata.name === name && controller.enqueue(account.metadata.namespace ?? '') });
  return controller;

  async function reconcile(namespace: string): Promise<void> {
    if (namespaces.get(namespace)?.status?.phase === 'Terminating' || !namespaces.get(namespace) || accounts.get(`${namespace}/${name}`))
      return;
    try {
      await client.resource(serviceAccountKind).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
    } catch (error) {
      // Made by somebody else, or the namespace is going: both leave nothing to do.
      if (!isStatus(error, 'AlreadyExists', 'NotFound', 'Forbidden')) throw error;
    }
  }
}
