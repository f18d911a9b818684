/** Approves kubelets' requests for client certificates: their first by a bootstrap identity, the next by their own (KEP: TLS bootstrap). */
import { type CertificateSigningRequest, certificateSigningRequestKind, subjectAccessReviewKind } from '@t8s/api';
import { readCertificateRequest } from '@t8s/auth';
import { Controller } from '@t8s/controller';
import { ifFound } from '@t8s/meta';
import { kubeletClientFlaw, signers } from '../../certificates/kubelet-requests.ts';
import { conditionOf, requestPem, withCondition } from '../../certificates/requests.ts';
import type { ControllerContext } from '../../context.ts';

/** Who may create this sub-resource is approved; in the order they are tried. */
const permissions = [
  { subresource: 'selfnodeclient', message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' },
  { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.' },
] as const;

/** A right may still be given: asked again after as long as the request has waited already, within these bounds (upstream's). Milliseconds. */
const [shortest, longest] = [200, 1_000_000];

export function csrApprovingController({ client, informers, clock, log }: ControllerContext): Controller {
  const requests = informers.informer(certificateSigningRequestKind);
  const controller = new Controller({ name: 'csrapproving', informers: [requests], reconcile, log, clock });
  controller.watch(requests, ({ metadata, spec }) => (spec.signerName === signers.kubeletClient ? [metadata.name ?? ''] : []));
  return controller;

  async function reconcile(name: string): Promise<{ requeueAfter: number } | undefined> {
    const csr = requests.get(name);
    if (!csr || csr.status?.certificate || conditionOf(csr, 'Approved') || conditionOf(csr, 'Denied')) return undefined;
    const asked = await readCertificateRequest(requestPem(csr));
    if (kubeletClientFlaw(asked, csr.spec.usages ?? []) !== undefined) return undefined;
    for (const { subresource, message } of permissions) {
      if (subresource === 'selfnodeclient' && csr.spec.username !== asked.subject.commonName) continue;
      if (await mayCreate(csr, subresource)) return approve(csr, message);
    }
    log.debug({ controller: controller.name, csr: name }, 'the request is a kubelet’s, but who asks has no right to have it approved');
    const age = clock.now() - Date.parse(csr.metadata.creationTimestamp ?? '');
    return { requeueAfter: Math.min(longest, Math.max(shortest, age)) };
  }

  async function mayCreate(
    { spec: { username = '', uid, groups, extra } }: CertificateSigningRequest,
    subresource: string,
  ): Promise<boolean> {
    const resourceAttributes = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create', subresource };
    const spec = { user: username, ...(uid && { uid }), ...(groups && { groups }), ...(extra && { extra }), resourceAttributes };
    return (await client.resource(subjectAccessReviewKind).create({ metadata: {}, spec })).status?.allowed ?? false;
  }

  async function approve(csr: CertificateSigningRequest, message: string): Promise<undefined> {
    const approved = withCondition(csr, { type: 'Approved', status: 'True', reason: 'AutoApproved', message });
    await ifFound(
      client.resource(certificateSigningRequestKind).updateSubresource({ name: csr.metadata.name ?? '' }, 'approval', approved),
    );
  }
}
