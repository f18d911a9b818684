/** Pods go where their namespace may: its node selector is added to theirs (upstream's PodNodeSelector, v1.34). */
import type { Namespace, Pod } from '@t8s/api';
import { forbidden, isLabelValue, isQualifiedName, quote, unclassified } from '@t8s/meta';
import { findObject } from '../../registry/find-object.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import type { NodeSelectorConfiguration } from './configuration.ts';

const annotation = 'scheduler.alpha.kubernetes.io/node-selector';

export function podNodeSelector(objects: ObjectStore, configuration: NodeSelectorConfiguration = {}): AdmissionPlugin {
  const { podNodeSelectorPluginConfig: selectors = {} } = configuration;
  return {
    name: 'PodNodeSelector',
    async mutate(write) {
      if (!isNewPod(write)) return;
      const { spec } = write.object as Pod;
      const selector = { ...(await namespaceSelector(write)), ...spec.nodeSelector };
      if (Object.keys(selector).length > 0) spec.nodeSelector = selector;
      checkAllowed(write);
    },
    async validate(write) {
      if (!isNewPod(write)) return;
      await namespaceSelector(write);
      checkAllowed(write);
    },
  };

  /** Throws where the pod asks for something else. */
  async function namespaceSelector(write: Write): Promise<Record<string, string>> {
    const name = write.object.metadata.namespace ?? '';
    const namespace = await findObject<Namespace>(objects, 'namespaces', name);
    if (!namespace) throw unclassified(`namespace ${name} does not exist`);
    const selector = labelsOf(namespace.metadata.annotations?.[annotation] ?? selectors['clusterDefaultNodeSelector'] ?? '');
    const { nodeSelector = {} } = (write.object as Pod).spec;
    if (Object.entries(selector).some(([key, value]) => nodeSelector[key] !== undefined && nodeSelector[key] !== value))
      throw refuse(write, 'pod node label selector conflicts with its namespace node label selector');
    return selector;
  }

  function checkAllowed(write: Write): void {
    const allowed = labelsOf(selectors[write.object.metadata.namespace ?? ''] ?? '');
    const asked = Object.entries((write.object as Pod).spec.nodeSelector ?? {});
    if (Object.keys(allowed).length > 0 && asked.some(([key, value]) => allowed[key] !== value))
      throw refuse(write, 'pod node label selector labels conflict with its namespace whitelist');
  }
}

const isNewPod = ({ resource, old, subresource }: Write): boolean => resource.storage === 'pods' && old === undefined && subresource === '';

const refuse = ({ resource, object }: Write, why: string): Error => forbidden(resource.kind, object.metadata.name ?? '', why);

/** `a=b,c=d` (ConvertSelectorToLabelsMap). */
function labelsOf(selector: string): Record<string, string> {
  if (selector === '') return {};
  const pairs = selector.split(',').map((label): [string, string] => {
    const parts = label.split('=');
    if (parts.length !== 2) throw unclassified(`invalid selector: [${parts.join(' ')}]`);
    const [key = '', value = ''] = parts.map((part) => part.trim());
    const [badKey, badValue] = [isQualifiedName(key), isLabelValue(value)];
    if (badKey.length > 0) throw unclassified(`invalid label key ${quote(key)}: ${badKey.join('; ')}`);
    if (badValue.length > 0) throw unclassified(`invalid label value: ${quote(value)}: ${badValue.join('; ')}`);
    return [key, value];
  });
  return Object.fromEntries(pairs);
}
