/** Deletes bootstrap tokens (Secrets of kube-system) when they expire. */
import { secretKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifUnchanged } from '@t8s/meta';
import { expiry, tokenNamespace as namespace, tokenInformer } from '../../certificates/bootstrap-tokens.ts';
import type { ControllerContext } from '../../context.ts';

export function tokenCleanerController({ client, informers, clock, log }: ControllerContext): Controller {
  const secrets = tokenInformer(informers);
  const controller = new Controller({ name: 'tokencleaner', informers: [secrets], reconcile, log, clock });
  controller.watch(secrets, ({ metadata }) => [metadata.name ?? '']);
  return controller;

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    const secret = secrets.get(`${namespace}/${name}`);
    if (!secret) return undefined;
    const left = expiry(secret) - clock.now();
    if (left > 0) return left === Number.POSITIVE_INFINITY ? undefined : { requeueAfter: left };
    const { uid } = secret.metadata;
    await ifUnchanged(client.resource(secretKind).delete({ namespace, name }, { preconditions: { ...(uid !== undefined && { uid }) } }));
    return undefined;
  }
}
