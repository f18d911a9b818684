/** What a pod's failure means for its job: `spec.podFailurePolicy` (https://kep.k8s.io/3329). The first rule that matches decides. */
import type { ContainerStatus, Pod, PodFailurePolicy, PodFailurePolicyRule } from '@t8s/api';

export interface FailureMatch {
  action: string;
  /** What matched, in upstream's words. */
  message: string;
}

export function matchFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureMatch | undefined {
  for (const [i, rule] of (policy?.rules ?? []).entries()) {
    const what = describeMatch(rule, pod);
    if (what !== undefined) return { action: rule.action, message: `${what} matching ${rule.action} rule at index ${i}` };
  }
  return undefined;
}

/** Whether the failure counts towards a limit. */
export const isCounted = (policy: PodFailurePolicy | undefined, pod: Pod): boolean => matchFailure(policy, pod)?.action !== 'Ignore';

function describeMatch({ onExitCodes, onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { metadata, status } = pod;
  const name = `${metadata.namespace}/${metadata.name}`;
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes;
    const matches = (container: ContainerStatus): boolean => {
      const code = container.state?.terminated?.exitCode ?? 0;
      return code !== 0 && (containerName ?? container.name) === container.name && values.includes(code) === (operator === 'In');
    };
    const container = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(matches);
    return container && `Container ${container.name} for pod ${name} failed with exit code ${container.state?.terminated?.exitCode}`;
  }
  const condition = status?.conditions?.find((c) => onPodConditions.some(({ type, status }) => type === c.type && status === c.status));
  return condition && `Pod ${name} has condition ${condition.type}`;
}
