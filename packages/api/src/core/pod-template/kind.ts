import { containerColumns } from '../../apps/workload-columns.ts';
import { formatLabels, nameColumn } from '../../columns.ts';
import type { PodTemplate } from '../../generated/types.ts';
import { countGeneration } from '../../generation.ts';
import { defineKind } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { dropDisabledFields } from '../pod/disabled-fields.ts';
import { validatePodTemplate } from '../pod/validate.ts';
import { podTemplateWarnings } from '../pod/warnings.ts';

export const podTemplateKind = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  schema: 'PodTemplate',
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>(({ template }) => template, 0),
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'The labels for the pod template.',
      cell: ({ template }) => formatLabels(template?.metadata?.labels),
    },
  ],
  strategy: {
    returnsDeleted: true,
    defaults(object) {
      object.template ??= {};
      defaultPodTemplate(object.template);
    },
    prepareForCreate({ metadata, template }) {
      metadata.generation = 1;
      if (template?.spec) dropDisabledFields(template.spec);
    },
    prepareForUpdate(object, old) {
      if (object.template?.spec) dropDisabledFields(object.template.spec, old.template?.spec);
      countGeneration(object, old, semanticEqual(object.template, old.template));
    },
    validate: ({ template = {} }) => validatePodTemplate(template, 'template'),
    warnings({ metadata, template }, old) {
      if (old && metadata.generation === old.metadata.generation) return [];
      return podTemplateWarnings(template?.metadata ?? {}, template?.spec ?? { containers: [] }, 'template');
    },
  },
});
