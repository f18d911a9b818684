/** Whether the container runtime can run pods, in upstream's words. */
import type { Clock } from '@t8s/async';
import type { RuntimeService } from '@t8s/cri';

/** A runtime that is silent for less is being restarted: its containers run on, so the node stays Ready. Upstream's value. Milliseconds. */
const patience = 30_000;

export class RuntimeHealth {
  readonly #runtime: Pick<RuntimeService, 'status'>;
  readonly #clock: Clock;
  #answeredAt: number | undefined;

  constructor({ runtime, clock }: { runtime: Pick<RuntimeService, 'status'>; clock: Clock }) {
    this.#runtime = runtime;
    this.#clock = clock;
  }

  /** Asks the runtime. What keeps pods from running here; none where all is well. */
  async problems(): Promise<string[]> {
    try {
      const { status } = await this.#runtime.status({});
      this.#answeredAt = this.#clock.now();
      return status.conditions
        .filter((condition) => !condition.status)
        .map(({ type, reason, message }) => {
          const what = type === 'NetworkReady' ? 'container runtime network not ready' : 'container runtime not ready';
          return `${what}: ${type}=false reason:${reason} message:${message}`;
        });
    } catch (error) {
      if (this.#answeredAt === undefined) return ['container runtime status check may not have completed yet'];
      if (this.#clock.now() - this.#answeredAt < patience) return [];
      return [`container runtime is down: ${(error as Error).message}`];
    }
  }
}
