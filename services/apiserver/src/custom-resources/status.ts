/** The status that a definition should have. */
import type { CustomResourceDefinition, CustomResourceDefinitionCondition } from '@t8s/api';
import { isTrue, type Wanted, withCondition } from './conditions.ts';
import { judgeNames } from './names.ts';

type Status = NonNullable<CustomResourceDefinition['status']>;

const approvalAnnotation = 'api-approved.kubernetes.io';

/**
 * Names and conditions for a definition that is not on its way out; `group` are all definitions of its group. What the status says
 * already stays as it is.
 */
export function statusOf(crd: CustomResourceDefinition, group: readonly CustomResourceDefinition[], now: number): Status {
  const { names, condition } = judgeNames(crd, group);
  let conditions: CustomResourceDefinitionCondition[] = withCondition(crd.status?.conditions, condition, now);
  const wanted = [established(crd, condition.status === 'True'), approved(crd)];
  for (const one of wanted) if (one) conditions = withCondition(conditions, one, now);
  return { ...crd.status, acceptedNames: names, conditions };
}

/** Once established, a definition stays so: what it has stored is not taken from it by a change of names. */
function established(crd: CustomResourceDefinition, areNamesAccepted: boolean): Wanted | undefined {
  if (isTrue(crd, 'Established')) return undefined;
  return areNamesAccepted
    ? { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
    : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

/** Groups of the Kubernetes community say who has approved their definitions (KEP-1111). */
function approved({ metadata, spec: { group } }: CustomResourceDefinition): Wanted | undefined {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return undefined;
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const value = metadata.annotations?.[approvalAnnotation];
  if (value === undefined || value === '')
    return {
      type,
      status: 'False',
      reason: 'MissingAnnotation',
      message: `protected groups must have approval annotation "${approvalAnnotation}", see https://github.com/kubernetes/enhancements/pull/1111`,
    };
  if (value.startsWith('unapproved'))
    return { type, status: 'False', reason: 'UnapprovedAPI', message: `not approved: ${JSON.stringify(value)}` };
  if (URL.canParse(value)) return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${value}` };
  return {
    type,
    status: 'False',
    reason: 'InvalidAnnotation',
    message: `protected groups must have approval annotation "${approvalAnnotation}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
  };
}
