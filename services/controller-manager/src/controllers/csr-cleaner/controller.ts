/** Deletes certificate signing requests that have been answered, or never were, when nobody needs them any more. */
import { type CertificateSigningRequest, certificateSigningRequestKind } from '@t8s/api';
import { certificateLife } from '@t8s/auth';
import { Controller } from '@t8s/controller';
import { ifUnchanged } from '@t8s/meta';
import { conditionOf } from '../../certificates/requests.ts';
import type { ControllerContext } from '../../context.ts';

const hour = 3_600_000;
/** How long requests are kept (upstream's), in milliseconds. */
const keepAnswered = hour;
const keepWaiting = 24 * hour;

export function csrCleanerController({ client, informers, clock, log }: ControllerContext): Controller {
  const requests = informers.informer(certificateSigningRequestKind);
  const controller = new Controller({ name: 'csrcleaner', informers: [requests], reconcile, log, clock });
  controller.watch(requests, ({ metadata }) => [metadata.name ?? '']);
  return controller;

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    const csr = requests.get(name);
    if (!csr) return undefined;
    const left = end(csr) - clock.now();
    if (left >= 0) return { requeueAfter: left + 1 };
    const { uid } = csr.metadata;
    await ifUnchanged(
      client.resource(certificateSigningRequestKind).delete({ name }, { preconditions: { ...(uid !== undefined && { uid }) } }),
    );
    return undefined;
  }
}

/** When it is deleted: the earliest of the times that its state gives. */
function end(csr: CertificateSigningRequest): number {
  const { conditions = [], certificate } = csr.status ?? {};
  const after = (time: string | undefined, ms: number): number => (time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time) + ms);
  const [approved, denied, failed] = ['Approved', 'Denied', 'Failed'].map((type) => conditionOf(csr, type));
  return Math.min(
    certificate || conditions.length > 0 ? Number.POSITIVE_INFINITY : after(csr.metadata.creationTimestamp, keepWaiting),
    after(denied?.lastUpdateTime, keepAnswered),
    after(failed?.lastUpdateTime, keepAnswered),
    after(approved?.lastUpdateTime, certificate ? keepAnswered : keepWaiting),
    approved && certificate ? certificateLife(Buffer.from(certificate, 'base64').toString()).notAfter.getTime() : Number.POSITIVE_INFINITY,
  );
}
