import { type Binding, podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import type { Plugin } from '../../framework/plugin.ts';

/** Writes the placement by the pod's binding sub-resource. The uid keeps a pod of the same name from being bound in its place. */
export function defaultBinder({ client }: { client: Client }): Plugin {
  const pods = client.resource(podKind);
  return {
    name: 'DefaultBinder',
    async bind({ pod }, nodeName) {
      const { name = '', namespace, uid } = pod.metadata;
      const binding: Binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      };
      await pods.createSubresource({ namespace, name }, 'binding', binding);
    },
  };
}
