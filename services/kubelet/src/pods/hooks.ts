import type { Container, LifecycleHandler, Pod } from '@t8s/api';
import { type Clock, sleep } from '@t8s/async';
import type { RuntimeService } from '@t8s/cri';
import { httpGet, httpTarget } from '../probes/http-probe.ts';

export interface HookTarget {
  pod: Pod;
  container: Container;
  containerId: string;
  podIp: string;
}

/** Runs postStart and preStop handlers. */
export class Hooks {
  readonly #runtime: Pick<RuntimeService, 'execSync'>;
  readonly #clock: Clock;

  constructor(runtime: Pick<RuntimeService, 'execSync'>, clock: Clock) {
    this.#runtime = runtime;
    this.#clock = clock;
  }

  /** Resolves when the handler has succeeded; throws with what it said. `timeout` in seconds, 0 for none. */
  async run(handler: LifecycleHandler, { pod, container, containerId, podIp }: HookTarget, timeout: number): Promise<void> {
    if (handler.exec) {
      const cmd = handler.exec.command ?? [];
      const { exitCode, stdout, stderr } = await this.#runtime.execSync({ containerId, cmd, timeout });
      if (exitCode !== 0) throw new Error(`command '${cmd.join(' ')}' exited with ${exitCode}: ${stdout.toString()}${stderr.toString()}`);
    } else if (handler.httpGet) {
      const { status } = await httpGet(httpTarget(handler.httpGet, pod, podIp, container.name), (timeout || 30) * 1000);
      if (status >= 400) throw new Error(`HTTP hook failed with statuscode: ${status}`);
    } else if (handler.sleep) {
      await sleep(Math.min(handler.sleep.seconds, timeout || Number.POSITIVE_INFINITY) * 1000, { clock: this.#clock });
    } else {
      throw new Error('invalid handler: a hook needs exec, httpGet or sleep');
    }
  }
}
