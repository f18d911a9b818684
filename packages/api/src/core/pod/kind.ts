import type { Pod } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { podColumns } from './columns.ts';
import { defaultPod } from './defaults.ts';
import { podLists } from './lists.ts';
import { podGracePeriod, podSelectableFields, preparePodForCreate, preparePodForUpdate, preparePodStatus } from './strategy.ts';
import { ephemeralContainers, resize } from './subresources.ts';
import { validatePod, validatePodCreate } from './validate.ts';
import { validatePodStatusUpdate } from './validate-status.ts';
import { validatePodUpdate } from './validate-update.ts';
import { podWarnings } from './warnings.ts';

const connect = ['create', 'get'];
const partial = ['get', 'patch', 'update'];

export const podKind = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'Pod',
  subresources: {
    status: { keeps: ['ownerReferences'], prepare: preparePodStatus, validate: validatePodStatusUpdate },
    others: [
      { name: 'attach', kind: 'PodAttachOptions', verbs: connect },
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'ephemeralcontainers', kind: 'Pod', verbs: partial, update: ephemeralContainers },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: connect },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'portforward', kind: 'PodPortForwardOptions', verbs: connect },
      { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
      { name: 'resize', kind: 'Pod', verbs: partial, update: resize },
    ],
  },
  columns: podColumns,
  lists: podLists,
  strategy: {
    returnsDeleted: true,
    defaults: defaultPod,
    prepareForCreate: preparePodForCreate,
    prepareForUpdate: preparePodForUpdate,
    validate: validatePod,
    validateCreate: validatePodCreate,
    validateUpdate: validatePodUpdate,
    warnings: (pod, old) => (old ? [] : podWarnings(pod)),
    gracePeriod: podGracePeriod,
  },
  selectableFields: podSelectableFields,
});
