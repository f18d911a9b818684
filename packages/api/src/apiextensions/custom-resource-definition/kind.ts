import { createdColumn, nameColumn } from '../../columns.ts';
import type { CustomResourceDefinition } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { setDefaults } from './defaults.ts';
import { formatWarnings } from './format-warnings.ts';
import { addStoredVersion } from './stored-versions.ts';
import { validateCreate, validateDefinition, validateUpdate } from './validate.ts';
import { validateNames } from './validate-names.ts';

export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'CustomResourceDefinition',
  subresources: { status: { validate: ({ status }) => validateNames(status?.acceptedNames, 'status.acceptedNames') } },
  columns: [nameColumn, createdColumn],
  lists: {
    'CustomResourceDefinitionNames.categories': { listType: 'atomic' },
    'CustomResourceDefinitionNames.shortNames': { listType: 'atomic' },
    'CustomResourceDefinitionSpec.versions': { listType: 'atomic' },
    'CustomResourceDefinitionStatus.conditions': { listType: 'map', mapKeys: ['type'] },
    'CustomResourceDefinitionStatus.storedVersions': { listType: 'atomic' },
    'CustomResourceDefinitionVersion.additionalPrinterColumns': { listType: 'atomic' },
    'CustomResourceDefinitionVersion.selectableFields': { listType: 'atomic' },
    'JSONSchemaProps.allOf': { listType: 'atomic' },
    'JSONSchemaProps.anyOf': { listType: 'atomic' },
    'JSONSchemaProps.enum': { listType: 'atomic' },
    'JSONSchemaProps.oneOf': { listType: 'atomic' },
    'JSONSchemaProps.required': { listType: 'atomic' },
    'JSONSchemaProps.x-kubernetes-list-map-keys': { listType: 'atomic' },
    'JSONSchemaProps.x-kubernetes-validations': { mergeKey: 'rule', listType: 'map', mapKeys: ['rule'] },
    'WebhookConversion.conversionReviewVersions': { listType: 'atomic' },
  },
  strategy: {
    defaults: setDefaults,
    prepareForCreate(crd) {
      delete crd.status;
      crd.metadata.generation = 1;
      addStoredVersion(crd);
    },
    prepareForUpdate(crd, old) {
      if (old.status) crd.status = structuredClone(old.status);
      else delete crd.status;
      if (!semanticEqual(crd.spec, old.spec)) crd.metadata.generation = (old.metadata.generation ?? 0) + 1;
      addStoredVersion(crd);
    },
    validate: validateDefinition,
    validateCreate,
    validateUpdate,
    warnings: formatWarnings,
    freeFinalizers: true,
    unconditionalUpdate: false,
  },
});
