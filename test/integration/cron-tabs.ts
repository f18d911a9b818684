/** A custom resource to test with, and its definition. */
import assert from 'node:assert/strict';
import { type CustomResourceDefinition, customResourceDefinitionKind } from '@t8s/api';
import type { Client, ResourceClient } from '@t8s/client';
import { type KubeObject, type Status, StatusError } from '@t8s/meta';
import { eventually } from '@t8s/testkit';

type Json = Record<string, unknown>;
export type CronTab = KubeObject & { spec?: Json; status?: Json };

const specSchema = {
  type: 'object',
  properties: {
    cronSpec: { type: 'string', description: 'When it runs.' },
    image: { type: 'string' },
    replicas: { type: 'integer', default: 1 },
  },
};
export const version = (name: string, more: Json = {}): Json => ({
  name,
  served: true,
  storage: true,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: specSchema,
        status: { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } },
      },
    },
  },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' },
  },
  selectableFields: [{ jsonPath: '.spec.image' }],
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
  ],
  ...more,
});
export const definition = (group: string, versions: Json[] = [version('v1')], names: Json = {}): CustomResourceDefinition =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `crontabs.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'], categories: ['all'], ...names },
      versions,
    },
  }) as unknown as CustomResourceDefinition;
export const cronTab = (group: string, name: string, spec: Json = {}, apiVersion = `${group}/v1`): CronTab => ({
  apiVersion,
  kind: 'CronTab',
  metadata: { name, namespace: 'default' },
  spec,
});
export const cronTabs = (client: Client, group: string, as = 'v1'): ResourceClient<CronTab> =>
  client.resource<CronTab>({ group, version: as, kind: 'CronTab', resource: 'crontabs', namespaced: true });

/** Makes a definition, and waits until it is established. */
export async function define(client: Client, crd: CustomResourceDefinition): Promise<CustomResourceDefinition> {
  const definitions = client.resource(customResourceDefinitionKind);
  await definitions.create(crd);
  return eventually(async () => {
    const current = await definitions.get({ name: crd.metadata.name ?? '' });
    const condition = current.status?.conditions?.find(({ type }) => type === 'Established');
    assert.equal(condition?.status, 'True', JSON.stringify(current.status));
    return current;
  });
}

/** The Status that refuses a request. */
export async function refusal(asked: Promise<unknown>): Promise<Status> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return assert.fail('it was not refused');
}
