/** From one version of a custom resource to another. */
import type { CustomResourceDefinition } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';

export interface Converter {
  /**
   * The objects, all of other versions, in this one; in the order given. They may be changed. At once where nobody must be asked.
   * Throws what the API answers.
   */
  convert(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[] | Promise<readonly KubeObject[]>;
}

/** Strategy None: versions differ in nothing but their name. */
export const renaming: Converter = {
  convert(objects, apiVersion) {
    for (const object of objects) object.apiVersion = apiVersion;
    return objects;
  },
};

export const asksWebhook = ({ spec }: CustomResourceDefinition): boolean => spec.conversion?.strategy === 'Webhook';
