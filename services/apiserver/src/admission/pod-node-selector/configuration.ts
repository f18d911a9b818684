import type { ConfigurationForm } from '../configuration.ts';

export interface NodeSelectorConfiguration {
  /** By namespace: labels its pods may ask for at most; `clusterDefaultNodeSelector` is for namespaces without the annotation. */
  podNodeSelectorPluginConfig?: Readonly<Record<string, string>>;
}

export const nodeSelectorForm: ConfigurationForm = {
  types: [],
  schema: {
    type: 'object',
    properties: { podNodeSelectorPluginConfig: { type: 'object', additionalProperties: { type: 'string' } } },
  },
};
