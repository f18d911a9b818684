import type { Pod } from '@t8s/api';
import { allContainers } from '../pods/pod-format.ts';
import type { RuntimeCache } from '../pods/runtime-cache.ts';
import { HttpFailure } from './http-failure.ts';

export interface ServedContainer {
  pod: Pod;
  name: string;
  id: string;
  logPath: string;
  tty: boolean;
  stdin: boolean;
  running: boolean;
  /** Resolves when the container has ended. */
  ended: Promise<void>;
}

export interface ServedContainersOptions {
  pod(namespace: string, name: string): Pod | undefined;
  cache: RuntimeCache;
  /** Calls back at changes of the pod until told to stop. */
  onChange(uid: string, listener: () => void): () => void;
}

/** Finds the container that a request is about; throws with upstream's words where there is none. */
export function servedContainers({ pod: find, cache, onChange }: ServedContainersOptions) {
  return (namespace: string, podName: string, name: string, previous: boolean): ServedContainer => {
    const pod = find(namespace, podName);
    if (!pod) throw new HttpFailure(404, `pod "${podName}" not found`);
    const uid = pod.metadata.uid ?? '';
    const spec = allContainers(pod).find((c) => c.name === name);
    if (!spec) throw new HttpFailure(404, `container "${name}" not found in pod "${podName}"`);
    const attempts = cache.pod(uid)?.containers.filter((c) => c.metadata.name === name && c.state !== 'CONTAINER_CREATED') ?? [];
    const status = attempts[previous ? 1 : 0];
    if (!status && previous) throw new HttpFailure(400, `previous terminated container "${name}" in pod "${podName}" not found`);
    if (!status) throw new HttpFailure(400, `container "${name}" in pod "${podName}" is waiting to start: ContainerCreating`);
    const isRunning = (): boolean => cache.pod(uid)?.containers.find((c) => c.id === status.id)?.state === 'CONTAINER_RUNNING';
    return {
      pod,
      name,
      id: status.id,
      logPath: status.logPath,
      tty: spec.tty === true,
      stdin: spec.stdin === true,
      running: status.state === 'CONTAINER_RUNNING',
      get ended() {
        return untilNot(isRunning, (listener) => onChange(uid, listener));
      },
    };
  };
}

/** Finds the sandbox that holds a pod's network; throws with upstream's words where there is none. */
export function servedSandboxes({ pod: find, cache }: Pick<ServedContainersOptions, 'pod' | 'cache'>) {
  return (namespace: string, name: string): string => {
    const pod = find(namespace, name);
    if (!pod) throw new HttpFailure(404, 'pod does not exist');
    const sandbox = cache.pod(pod.metadata.uid ?? '')?.sandboxes[0];
    if (sandbox?.state !== 'SANDBOX_READY') throw new HttpFailure(500, `pod not found ("${name}_${namespace}")`);
    return sandbox.id;
  };
}

function untilNot(holds: () => boolean, listen: (listener: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    if (!holds()) return resolve();
    const stop = listen(() => {
      if (holds()) return;
      stop();
      resolve();
    });
  });
}
