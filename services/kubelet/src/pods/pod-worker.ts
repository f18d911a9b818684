/**
 * One pod's worker: level-triggered and serial. Each pass looks at what the pod should be and what runs, does what is
 * missing, and reports. It keeps nothing that a restarted kubelet could not find again.
 */
import { type Container, dottedSysctl, isSafeSysctl, type Pod } from '@t8s/api';
import { Backoff, type Clock } from '@t8s/async';
import type { Image, RuntimeService } from '@t8s/cri';
import { parseTime } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { Prober } from '../probes/prober.ts';
import type { Waiting } from '../status/container-statuses.ts';
import { isEnded } from '../status/pod-status.ts';
import type { StatusWriter } from '../status/status-writer.ts';
import type { TerminationMessages } from '../status/termination-message.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import { annotationNames, computeActions, type PodActions } from './actions.ts';
import type { PodEvents } from './pod-events.ts';
import { allContainers } from './pod-format.ts';
import type { PodKiller } from './pod-killer.ts';
import type { PodReporter } from './pod-reporter.ts';
import type { PodStarter, Sandbox } from './pod-starter.ts';
import type { RuntimeCache, RuntimePod } from './runtime-cache.ts';
import { StartError } from './start-error.ts';

export interface PodWorkerDeps {
  runtime: RuntimeService;
  cache: RuntimeCache;
  starter: PodStarter;
  killer: PodKiller;
  reporter: PodReporter;
  prober: Prober;
  writer: StatusWriter;
  messages: TerminationMessages;
  volumes: PodVolumes;
  events: PodEvents;
  /** Sysctls that pods may set besides the safe ones; `kernel.msg*` is all that begin so. */
  unsafeSysctls: readonly string[];
  /** Removes the pod from the API (grace 0, guarded by its UID). */
  deleteFromApi(pod: Pod): Promise<void>;
  /** Called when nothing is left of the pod. */
  done(uid: string): void;
  clock: Clock;
  log: Logger;
}

/** Seconds that a pod unknown to the API gets, as upstream. */
const orphanGrace = 1;

export class PodWorker {
  readonly #uid: string;
  readonly #deps: PodWorkerDeps;
  readonly #retry = new Backoff({ base: 1000, cap: 60_000 });
  readonly #waiting = new Map<string, Waiting>();
  readonly #starting = new Set<string>();
  #pod: Pod | undefined;
  #removed = false;
  #verdict: { phase: 'Failed'; reason: string; message: string } | undefined;
  /** When the runtime may be asked again after it has failed: its own events must not make the worker spin. */
  #notBefore = 0;
  #dirty = false;
  #running: Promise<void> | undefined;
  #wake: { at: number; cancel(): void } | undefined;
  /** Seconds of the kill under way. */
  #killGrace: number | undefined;
  #done = false;

  constructor(uid: string, deps: PodWorkerDeps) {
    this.#uid = uid;
    this.#deps = deps;
  }

  /** The pod as the API has it now. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    const grace = pod.metadata.deletionGracePeriodSeconds;
    if (this.#killGrace !== undefined && grace !== undefined && grace < this.#killGrace) void this.#hurry(grace);
    if (!before || significant(before) !== significant(pod)) this.poke();
    else this.#deps.reporter.observe(pod);
  }

  /** The API has the pod no more. */
  remove(): void {
    this.#removed = true;
    this.poke();
  }

  /** Something has changed: a container, a probe's verdict, an object the pod refers to. */
  poke(): void {
    if (this.#done) return;
    this.#dirty = true;
    this.#running ??= this.#loop();
  }

  async #loop(): Promise<void> {
    // Changes that come together are looked at together.
    await Promise.resolve();
    while (this.#dirty && !this.#done) {
      this.#dirty = false;
      this.#wake?.cancel();
      this.#wake = undefined;
      try {
        await this.#sync();
        this.#retry.reset();
      } catch (error) {
        this.#deps.log.warn(
          { pod: this.#pod?.metadata.name, namespace: this.#pod?.metadata.namespace, uid: this.#uid, err: error },
          'pod not synced',
        );
        this.#wakeAfter(this.#retry.next());
      }
    }
    this.#running = undefined;
  }

  async #sync(): Promise<void> {
    const pod = this.#pod;
    if (!pod || this.#removed || pod.metadata.deletionTimestamp) return this.#terminate(pod);
    this.#checkDeadline(pod);
    const runtime = this.#deps.cache.pod(this.#uid);
    if (!runtime) this.#checkSysctls(pod);
    const known = this.#deps.reporter.withOwnStatus(pod).status?.phase;
    if (this.#verdict || isEnded(known)) return this.#finish(pod, runtime);
    const actions = computeActions(pod, runtime, this.#deps.prober);
    if (actions.finished) return this.#finish(pod, runtime);
    this.#report(pod);
    await this.#kill(pod, runtime, actions);
    if (actions.start.length > 0) await this.#start(pod, actions);
    this.#deps.reporter.probe(pod, this.#starting);
    this.#report(pod);
  }

  /** Volumes come first: a pod that waits for them has no address, and pulls nothing. Then the sandbox, and the images beside it. */
  async #start(pod: Pod, actions: PodActions): Promise<void> {
    const { starter, cache } = this.#deps;
    const due = actions.start.filter((container) => this.#attempt(container, () => starter.backOff(pod, container)));
    if (due.length === 0 && actions.sandbox) return;
    const pause = this.#notBefore - this.#deps.clock.now();
    if (pause > 0) {
      this.#wakeAfter(pause);
      return;
    }
    const volumes = await asValue(starter.volumes(pod));
    if (volumes instanceof StartError) return this.#waitAll(due, volumes);
    const images = new Map(
      due.map((container): [Container, Promise<Image | StartError>] => [container, asValue(starter.image(pod, container))]),
    );
    const sandbox = await asValue(
      actions.sandbox ? Promise.resolve(starter.existing(pod, actions.sandbox)) : starter.sandbox(pod, actions.attempt),
    );
    if (sandbox instanceof StartError) return this.#waitAll(due, sandbox);
    if (!actions.sandbox) this.#report(pod);
    await starter.hostsFile(pod, podIpsOf(cache.pod(this.#uid)));
    for (const container of due) {
      const image = (await images.get(container)) ?? new StartError('ErrImagePull', 'no image', undefined);
      if (image instanceof StartError) this.#wait(container, image);
      else await this.#startOne(pod, container, { sandbox, image, volumes });
    }
  }

  async #startOne(pod: Pod, container: Container, parts: { sandbox: Sandbox } & Parameters<PodStarter['container']>[2]): Promise<void> {
    const hasHook = container.lifecycle?.postStart !== undefined;
    if (hasHook) this.#starting.add(container.name);
    try {
      await this.#deps.starter.container(pod, container, parts);
      this.#waiting.delete(container.name);
      await this.#removeOldAttempts(container.name);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#wait(container, error);
    } finally {
      this.#starting.delete(container.name);
    }
  }

  #attempt(container: Container, check: () => void): boolean {
    try {
      check();
      return true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#wait(container, error);
      return false;
    }
  }

  #wait({ name }: Container, { reason, message, retryAfter }: StartError): void {
    this.#waiting.set(name, reason === 'ContainerCreating' ? { reason } : { reason, message });
    if (reason === 'CreateContainerError') this.#holdOff(retryAfter ?? 0);
    if (retryAfter !== undefined) this.#wakeAfter(retryAfter);
  }

  /** Upstream shows what keeps all containers from starting in events only. */
  #waitAll(containers: readonly Container[], error: StartError): void {
    for (const { name } of containers) this.#waiting.delete(name);
    const wait = error.retryAfter ?? 10_000;
    if (error.reason === 'CreatePodSandboxError') this.#holdOff(wait);
    this.#wakeAfter(wait);
  }

  #holdOff(ms: number): void {
    this.#notBefore = this.#deps.clock.now() + ms;
  }

  /** The newest ended attempt stays for `kubectl logs --previous`. */
  async #removeOldAttempts(name: string): Promise<void> {
    const { cache, runtime } = this.#deps;
    const attempts = cache.pod(this.#uid)?.containers.filter((c) => c.metadata.name === name) ?? [];
    await Promise.all(attempts.slice(2).map(({ id }) => this.#forgetContainer(id, () => runtime.removeContainer({ containerId: id }))));
  }

  async #forgetContainer(id: string, remove: () => Promise<unknown>): Promise<void> {
    await remove();
    this.#deps.prober.remove(id);
    this.#deps.messages.forget(id);
  }

  async #kill(pod: Pod, runtime: RuntimePod | undefined, { kill }: PodActions): Promise<void> {
    if (kill.length === 0) return;
    const podIp = runtime?.sandboxes[0]?.network?.ip ?? '';
    await Promise.all(
      kill.map(async (action) => {
        const container = pod.spec.containers.find((c) => c.name === action.status.metadata.name);
        const isProbe = action.message?.includes(' probe') === true;
        const ofProbe = isProbe ? (container?.livenessProbe ?? container?.startupProbe)?.terminationGracePeriodSeconds : undefined;
        await this.#deps.killer.one({ pod, podIp, action, grace: ofProbe ?? pod.spec.terminationGracePeriodSeconds ?? 30 });
        this.#deps.prober.remove(action.status.id);
      }),
    );
    await this.#refresh(runtime);
    this.poke();
  }

  /** The pod has ended for good: its sandbox goes, its ended containers stay for their logs. */
  async #finish(pod: Pod, runtime: RuntimePod | undefined): Promise<void> {
    const { killer, runtime: service } = this.#deps;
    if (runtime?.containers.some((c) => c.state === 'CONTAINER_RUNNING')) {
      await killer.all(pod, runtime, pod.spec.terminationGracePeriodSeconds ?? 30);
      await this.#refresh(runtime);
    }
    this.#deps.reporter.probe(pod, this.#starting);
    this.#report(pod, true);
    const ready = (runtime?.sandboxes ?? []).filter((s) => s.state === 'SANDBOX_READY');
    if (ready.length === 0) return;
    await Promise.all(ready.map(({ id }) => service.stopPodSandbox({ podSandboxId: id })));
    await this.#refresh(runtime);
    this.#report(pod, true);
  }

  /** Ends everything, reports the end, frees what the pod had, and last lets the API forget it. */
  async #terminate(pod: Pod | undefined): Promise<void> {
    const { cache, killer, prober, runtime: service, volumes, writer } = this.#deps;
    const runtime = cache.pod(this.#uid);
    prober.ending(this.#uid);
    if (runtime) {
      const grace = this.#graceOf(pod, runtime);
      this.#killGrace = grace;
      await killer.all(pod, runtime, grace);
      this.#killGrace = undefined;
      await this.#refresh(runtime);
    }
    const toTell = pod && !this.#removed ? pod : undefined;
    if (toTell) this.#report(toTell, true);
    const remove = async (): Promise<void> => {
      await Promise.all((runtime?.sandboxes ?? []).map(({ id }) => service.removePodSandbox({ podSandboxId: id })));
      await volumes.remove(this.#uid);
      await this.#refresh(runtime);
    };
    await Promise.all([toTell && writer.flush(this.#uid), remove()]);
    if (toTell) await this.#deps.deleteFromApi(toTell);
    for (const { id } of runtime?.containers ?? []) {
      prober.remove(id);
      this.#deps.messages.forget(id);
    }
    writer.forget(this.#uid);
    this.#done = true;
    this.#wake?.cancel();
    this.#deps.done(this.#uid);
  }

  #graceOf(pod: Pod | undefined, runtime: RuntimePod): number {
    if (pod) return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    return Math.min(orphanGrace, Number(runtime.containers[0]?.annotations[annotationNames.gracePeriod] ?? orphanGrace));
  }

  /** A second delete with a shorter grace period overtakes the first. */
  async #hurry(grace: number): Promise<void> {
    const runtime = this.#deps.cache.pod(this.#uid);
    this.#killGrace = grace;
    const running = runtime?.containers.filter((c) => c.state === 'CONTAINER_RUNNING') ?? [];
    try {
      await Promise.all(running.map(({ id }) => this.#deps.runtime.stopContainer({ containerId: id, timeout: grace })));
    } catch (error) {
      this.#deps.log.warn({ uid: this.#uid, err: error }, 'a shorter grace period could not be applied');
    }
  }

  async #refresh(runtime: RuntimePod | undefined): Promise<void> {
    await Promise.all((runtime?.sandboxes ?? []).map(({ id }) => this.#deps.cache.refresh(id)));
  }

  #checkDeadline(pod: Pod): void {
    const { activeDeadlineSeconds } = pod.spec;
    const start = this.#deps.reporter.withOwnStatus(pod).status?.startTime;
    if (activeDeadlineSeconds === undefined || start === undefined || this.#verdict) return;
    const left = (parseTime(start) ?? 0) + activeDeadlineSeconds * 1000 - this.#deps.clock.now();
    if (left > 0) {
      this.#wakeAfter(left);
      return;
    }
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#verdict = { phase: 'Failed', reason: 'DeadlineExceeded', message };
    this.#deps.events({ pod, type: 'Normal', reason: 'DeadlineExceeded', message });
  }

  /** Once, before anything of the pod runs. */
  #checkSysctls(pod: Pod): void {
    const isAllowed = (name: string): boolean =>
      isSafeSysctl(name) || this.#deps.unsafeSysctls.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
    const bad = pod.spec.securityContext?.sysctls?.find(({ name }) => !isAllowed(dottedSysctl(name)));
    if (!bad || this.#verdict) return;
    const message = `Pod was rejected: forbidden sysctl: "${bad.name}" not allowlisted`;
    this.#verdict = { phase: 'Failed', reason: 'SysctlForbidden', message };
    this.#deps.events({ pod, type: 'Warning', reason: 'SysctlForbidden', message });
  }

  #report(pod: Pod, ending = false): void {
    this.#deps.reporter.report(pod, { waiting: this.#waiting, starting: this.#starting, ending, verdict: this.#verdict });
  }

  #wakeAfter(ms: number): void {
    const { clock } = this.#deps;
    const at = clock.now() + ms;
    if (this.#wake && this.#wake.at <= at) return;
    this.#wake?.cancel();
    this.#wake = { at, cancel: clock.after(ms, () => this.poke()) };
  }
}

/** What of a pod asks for work: the kubelet's own status updates come back as changes, and mean nothing. */
function significant(pod: Pod): string {
  const { metadata, spec, status } = pod;
  const { generation, deletionTimestamp, deletionGracePeriodSeconds, labels, annotations } = metadata;
  const gates = (spec.readinessGates ?? []).map((gate) => status?.conditions?.find((c) => c.type === gate.conditionType)?.status);
  const images = allContainers(pod).map((c) => c.image);
  return JSON.stringify([
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    labels,
    annotations,
    gates,
    images,
    spec.activeDeadlineSeconds,
    isEnded(status?.phase),
  ]);
}

/** A StartError as a value: several are awaited side by side, and none may go unhandled. */
async function asValue<T>(work: Promise<T>): Promise<T | StartError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StartError) return error;
    return new StartError('ContainerCreating', (error as Error).message, 10_000, { cause: error });
  }
}

function podIpsOf(runtime: RuntimePod | undefined): string[] {
  const { ip = '', additionalIps = [] } = runtime?.sandboxes[0]?.network ?? {};
  return ip === '' ? [] : [ip, ...additionalIps.map((a) => a.ip)];
}
