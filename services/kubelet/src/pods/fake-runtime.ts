/** A container runtime in memory, for tests: containers run until the test ends them, or at once with `exits`. */

import type { Clock } from '@t8s/async';
import {
  type ContainerConfig,
  type ContainerEvent,
  type ContainerStatus,
  CriError,
  type PodSandboxConfig,
  type PodSandboxStatus,
  type RuntimeService,
} from '@t8s/cri';

interface FakeSandbox {
  config: PodSandboxConfig;
  status: PodSandboxStatus;
  containers: Map<string, ContainerStatus>;
}

export class FakeRuntime {
  /** What was asked of the runtime, in order: `start app`, `stop app 5`. */
  readonly calls: string[] = [];
  /** Set to make a call fail. */
  fail: ((call: string) => string | undefined) | undefined;
  readonly #clock: Clock;
  readonly #sandboxes = new Map<string, FakeSandbox>();
  #changed: (event: ContainerEvent) => void = () => undefined;
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onEvent(listener: (event: ContainerEvent) => void): void {
    this.#changed = listener;
  }

  /** Ends a running container from inside. */
  exit(name: string, exitCode: number): void {
    for (const [id, sandbox] of this.#sandboxes)
      for (const status of sandbox.containers.values())
        if (status.metadata.name === name && status.state === 'CONTAINER_RUNNING') this.#end(id, status, exitCode);
  }

  readonly service = {
    runPodSandbox: async ({ config }: { config: PodSandboxConfig }) => {
      this.#call(`sandbox ${config.metadata.name} ${config.metadata.attempt}`);
      const id = `s${this.#next++}`;
      const status: PodSandboxStatus = {
        id,
        metadata: config.metadata,
        state: 'SANDBOX_READY',
        createdAt: this.#clock.now() * 1e6,
        labels: config.labels ?? {},
        annotations: {},
        network: { ip: '10.0.0.9', additionalIps: [] },
      };
      this.#sandboxes.set(id, { config, status, containers: new Map() });
      return { podSandboxId: id };
    },
    podSandboxStatus: async ({ podSandboxId }: { podSandboxId: string }) => {
      const { status, containers } = this.#sandbox(podSandboxId);
      return { status: { ...status }, info: {}, containersStatuses: [...containers.values()].map((c) => ({ ...c })), timestamp: 0 };
    },
    listPodSandbox: async () => ({ items: [...this.#sandboxes.values()].map(({ status }) => status) }),
    listContainers: async () => ({ containers: [] }),
    stopPodSandbox: async ({ podSandboxId }: { podSandboxId: string }) => {
      this.#call('stop sandbox');
      const sandbox = this.#sandbox(podSandboxId);
      sandbox.status = { ...sandbox.status, state: 'SANDBOX_NOTREADY' };
      return {};
    },
    removePodSandbox: async ({ podSandboxId }: { podSandboxId: string }) => {
      this.#call('remove sandbox');
      this.#sandboxes.delete(podSandboxId);
      return {};
    },
    createContainer: async ({ podSandboxId, config }: { podSandboxId: string; config: ContainerConfig }) => {
      this.#call(`create ${config.metadata.name} ${config.metadata.attempt}`);
      const id = `c${this.#next++}`;
      this.#sandbox(podSandboxId).containers.set(id, {
        id,
        metadata: config.metadata,
        state: 'CONTAINER_CREATED',
        createdAt: this.#clock.now() * 1e6,
        startedAt: 0,
        finishedAt: 0,
        exitCode: 0,
        image: config.image,
        imageRef: 'docker://sha256:1',
        imageId: 'sha256:1',
        reason: '',
        message: '',
        labels: config.labels ?? {},
        annotations: config.annotations ?? {},
        mounts: [],
        logPath: '',
      });
      return { containerId: id };
    },
    startContainer: async ({ containerId }: { containerId: string }) => {
      const [, status] = this.#container(containerId);
      this.#call(`start ${status.metadata.name}`);
      status.state = 'CONTAINER_RUNNING';
      status.startedAt = this.#clock.now() * 1e6;
      return {};
    },
    stopContainer: async ({ containerId, timeout }: { containerId: string; timeout: number }) => {
      const [sandboxId, status] = this.#container(containerId);
      this.#call(`stop ${status.metadata.name} ${timeout}`);
      this.#end(sandboxId, status, 143);
      return {};
    },
    removeContainer: async ({ containerId }: { containerId: string }) => {
      const [sandboxId, status] = this.#container(containerId);
      this.#call(`remove ${status.metadata.name} ${status.metadata.attempt}`);
      this.#sandbox(sandboxId).containers.delete(containerId);
      this.#tell(sandboxId, containerId, 'CONTAINER_DELETED_EVENT');
      return {};
    },
    containerStatus: async ({ containerId }: { containerId: string }) => ({ status: { ...this.#container(containerId)[1] }, info: {} }),
    execSync: async ({ cmd }: { cmd: string[] }) => {
      this.#call(`exec ${cmd.join(' ')}`);
      return { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 0 };
    },
  } as unknown as RuntimeService;

  #call(call: string): void {
    this.calls.push(call);
    const message = this.fail?.(call);
    if (message !== undefined) throw new CriError('Unknown', message);
  }

  #sandbox(id: string): FakeSandbox {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) throw new CriError('NotFound', `no sandbox ${id}`);
    return sandbox;
  }

  #container(id: string): [string, ContainerStatus] {
    for (const [sandboxId, { containers }] of this.#sandboxes) {
      const status = containers.get(id);
      if (status) return [sandboxId, status];
    }
    throw new CriError('NotFound', `no container ${id}`);
  }

  #end(sandboxId: string, status: ContainerStatus, exitCode: number): void {
    Object.assign(status, {
      state: 'CONTAINER_EXITED',
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      finishedAt: this.#clock.now() * 1e6,
    });
    this.#tell(sandboxId, status.id, 'CONTAINER_STOPPED_EVENT');
  }

  #tell(sandboxId: string, containerId: string, containerEventType: ContainerEvent['containerEventType']): void {
    const { status, containers } = this.#sandbox(sandboxId);
    const containersStatuses = [...containers.values()].map((c) => ({ ...c }));
    this.#changed({ containerId, containerEventType, createdAt: 0, podSandboxStatus: { ...status }, containersStatuses });
  }
}
