import type { ScopedResourceSelectorRequirement } from '@t8s/api';
import { type FieldError, required } from '@t8s/meta';
import type { ConfigurationForm } from '../configuration.ts';

/** What is only to be had where a quota covers it. */
export interface LimitedResource {
  apiGroup?: string;
  resource: string;
  /** Parts of names of what it counts for: `.storageclass.storage.k8s.io/requests.storage`. */
  matchContains?: readonly string[];
  matchScopes?: readonly ScopedResourceSelectorRequirement[];
}

export interface QuotaConfiguration {
  limitedResources?: readonly LimitedResource[];
}

const strings = { type: 'array', items: { type: 'string' } };

export const quotaForm: ConfigurationForm = {
  types: [
    'apiserver.config.k8s.io/v1, Kind=ResourceQuotaConfiguration',
    'resourcequota.admission.k8s.io/v1beta1, Kind=Configuration',
    'resourcequota.admission.k8s.io/v1alpha1, Kind=Configuration',
  ],
  schema: {
    type: 'object',
    properties: {
      limitedResources: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            apiGroup: { type: 'string' },
            resource: { type: 'string' },
            matchContains: strings,
            matchScopes: {
              type: 'array',
              items: {
                type: 'object',
                properties: { scopeName: { type: 'string' }, operator: { type: 'string' }, values: strings },
              },
            },
          },
        },
      },
    },
  },
  validate: ({ limitedResources = [] }: QuotaConfiguration): FieldError[] =>
    limitedResources.flatMap(({ resource }, i) => (resource ? [] : [required(`limitedResources[${i}].resource`)])),
};
