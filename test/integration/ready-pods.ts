/**
 * What stands for the kubelets of a test: pods run and are ready as soon as they are there, but for those of the image `broken`;
 * those of the image `exit:<code>` end at once.
 */
import { type Container, type PodStatus, podKind } from '@t8s/api';
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
      const { namespace, name = '' } = pod.metadata;
      await client
        .resource(podKind)
        .patch({ namespace, name }, { type: 'merge', subresource: 'status', body: { status: statusFor(pod.spec.containers) } })
        .catch((error: unknown) => {
          if (!isStatus(error, 'NotFound')) throw error;
        });
    },
  });
  return pods.run(signal);
}

function statusFor(containers: readonly Container[]): PodStatus {
  const time = formatTime(Date.now());
  const code = containers.map(({ image = '' }) => /^exit:(\d+)$/.exec(image)?.[1]).find((found) => found !== undefined);
  if (code === undefined) return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }] };
  const terminated = { exitCode: Number(code), reason: code === '0' ? 'Completed' : 'Error', startedAt: time, finishedAt: time };
  return {
    phase: terminated.exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated },
    })),
  };
}
