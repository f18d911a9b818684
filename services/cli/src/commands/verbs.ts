/** Every command of kubectl, in the order its help lists them. */
import { apiResourcesVerb, apiVersionsVerb } from './api-resources/api-resources.ts';
import { applyVerb } from './apply/apply.ts';
import { clusterInfoVerb } from './cluster-info/cluster-info.ts';
import { completionVerb } from './completion/completion.ts';
import { configVerb } from './config/config.ts';
import { createVerb } from './create/create.ts';
import { deleteVerb } from './delete/delete.ts';
import { describeVerb } from './describe/describe.ts';
import { execVerb } from './exec/exec.ts';
import { exposeVerb } from './expose/expose.ts';
import { getVerb } from './get/get.ts';
import { annotateVerb, labelVerb } from './label/label.ts';
import { logsVerb } from './logs/logs.ts';
import { patchVerb } from './patch/patch.ts';
import { rolloutVerb } from './rollout/rollout.ts';
import { scaleVerb } from './scale/scale.ts';
import { setVerb } from './set/set.ts';
import type { Verb } from './verb.ts';
import { versionVerb } from './version/version.ts';

export const kubectlVerb: Verb = {
  name: 'kubectl',
  summary: 'kubectl controls the Kubernetes cluster manager.',
  about: 'Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  verbs: [
    createVerb,
    exposeVerb,
    setVerb,
    getVerb,
    deleteVerb,
    rolloutVerb,
    scaleVerb,
    clusterInfoVerb,
    describeVerb,
    logsVerb,
    execVerb,
    applyVerb,
    patchVerb,
    labelVerb,
    annotateVerb,
    completionVerb(() => kubectlVerb.verbs ?? []),
    apiResourcesVerb,
    apiVersionsVerb,
    configVerb,
    versionVerb,
  ],
};
