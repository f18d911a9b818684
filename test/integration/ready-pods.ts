/** What stands for the kubelets of a test: pods run and are ready as soon as they are there, but for those of the image `broken`. */
import { podKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { Informer } from '@t8s/informer';
import { formatTime, isStatus } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';

/** Goes on until the signal aborts. */
export function keepPodsReady(client: Client, signal: AbortSignal): Promise<void> {
  const pods = new Informer({ client, kind: podKind, log: silentLogger });
  pods.addHandler({
    async added(pod) {
      if (pod.spec.containers.some(({ image }) => image === 'broken')) return;
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(Date.now()) }];
      const { namespace, name = '' } = pod.metadata;
      await client
        .resource(podKind)
        .patch({ namespace, name }, { type: 'merge', subresource: 'status', body: { status: { phase: 'Running', conditions } } })
        .catch((error: unknown) => {
          if (!isStatus(error, 'NotFound')) throw error;
        });
    },
  });
  return pods.run(signal);
}
