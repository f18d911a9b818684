/** Tells in a policy's status where its expressions don't fit the kinds it is about: warnings, which change nothing (KEP-3488). */
import { validatingAdmissionPolicyKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

export function validatingAdmissionPolicyStatusController({ client, informers, clock, log }: ControllerContext): Controller {
  const policies = informers.informer(validatingAdmissionPolicyKind);
  const controller = new Controller({ name: 'validatingadmissionpolicy-status', informers: [policies], reconcile, log, clock });
  controller.watch(policies, ({ metadata }) => [metadata.name ?? '']);
  return controller;

  async function reconcile(name: string): Promise<void> {
    const policy = policies.get(name);
    if (!policy || policy.metadata.generation === policy.status?.observedGeneration) return;
    // The compiler is only there where policies are.
    const { checkTypes } = await import('@t8s/policy');
    const expressionWarnings = checkTypes(policy.spec);
    const status = {
      ...policy.status,
      ...(policy.metadata.generation !== undefined && { observedGeneration: policy.metadata.generation }),
      typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {},
    };
    await ifFound(client.resource(validatingAdmissionPolicyKind).updateStatus({ ...policy, status }));
  }
}
