/** The flow schemas and priority levels of every cluster: made where they are missing, and kept as long as nobody wants them otherwise. */
import {
  autoUpdateAnnotation,
  flowSchemaKind,
  mandatoryFlowSchemas,
  mandatoryPriorityLevels,
  priorityLevelConfigurationKind,
  semanticEqual,
  suggestedFlowSchemas,
  suggestedPriorityLevels,
} from '@t8s/api';
import type { Client, ResourceRef } from '@t8s/client';
import { formatTime, isStatus, type KubeObject } from '@t8s/meta';

type WithSpec<S> = KubeObject & { spec: S };

export async function ensureFlowControl(client: Client): Promise<void> {
  await keep(client, priorityLevelConfigurationKind, { ...mandatoryPriorityLevels, ...suggestedPriorityLevels });
  await keep(client, flowSchemaKind, { ...mandatoryFlowSchemas, ...suggestedFlowSchemas });
  await tellDangling(client);
}

/** Says in each schema's status whether the level it names exists. */
async function tellDangling(client: Client): Promise<void> {
  const schemas = client.resource(flowSchemaKind);
  const levels = new Set((await client.resource(priorityLevelConfigurationKind).list()).items.map(({ metadata }) => metadata.name));
  for (const schema of (await schemas.list()).items) {
    const { name } = schema.spec.priorityLevelConfiguration;
    const isThere = levels.has(name);
    const known = schema.status?.conditions?.find(({ type }) => type === 'Dangling');
    if (known?.status === (isThere ? 'False' : 'True')) continue;
    const condition = {
      type: 'Dangling',
      status: isThere ? 'False' : 'True',
      lastTransitionTime: formatTime(Date.now()),
      reason: isThere ? 'Found' : 'NotFound',
      message: `This FlowSchema references the PriorityLevelConfiguration object named "${name}" ${isThere ? 'and it exists' : 'but there is no such object'}`,
    };
    await schemas.updateStatus({ ...schema, status: { conditions: [condition] } }).catch(ignore('Conflict'));
  }
}

async function keep<S>(client: Client, kind: ResourceRef<WithSpec<S>>, wanted: Readonly<Record<string, S>>): Promise<void> {
  const resource = client.resource(kind);
  const there = new Map((await resource.list()).items.map((object) => [object.metadata.name, object]));
  for (const [name, spec] of Object.entries(wanted)) {
    const object = there.get(name);
    if (!object)
      await resource.create({ metadata: { name, annotations: { [autoUpdateAnnotation]: 'true' } }, spec }).catch(ignore('AlreadyExists'));
    else if (object.metadata.annotations?.[autoUpdateAnnotation] === 'true' && !semanticEqual(object.spec, spec))
      await resource.update({ ...object, spec }).catch(ignore('Conflict'));
  }
}

/** Another apiserver was faster. */
const ignore =
  (reason: 'AlreadyExists' | 'Conflict') =>
  (error: unknown): void => {
    if (!isStatus(error, reason)) throw error;
  };
