/** Keeps the scale of what a HorizontalPodAutoscaler points to where its metrics are on target. */
import { isDeepStrictEqual } from 'node:util';
import { type HorizontalPodAutoscalerV2, horizontalPodAutoscalerKind, podKind, type Scale } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { formatTime, ifFound, objectKey, parseLabelSelector, type Selector, StatusError } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';
import { NotScalable, Scales } from '../../discovery/scales.ts';
import { type History, limit, noteChange } from './limits.ts';
import { type Measured, MetricFailure, measure, type Scene } from './measure.ts';
import { MetricsClient } from './metrics-client.ts';
import type { Timings } from './replica-count.ts';

export interface AutoscalerOptions extends Timings {
  /** How often each autoscaler is looked at. Milliseconds. */
  syncPeriod: number;
  /** How long lower recommendations wait where the autoscaler doesn't say. Milliseconds. */
  downscaleStabilization: number;
}

type Hpa = HorizontalPodAutoscalerV2;
type Status = NonNullable<Hpa['status']>;

/** What the metrics say: how many, and because of which. */
interface Proposal {
  replicas: number;
  name: string;
}

/** The reconcile has said in the status and an event why it goes no further. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function horizontalPodAutoscaler(
  { client, informers, events, clock, log }: ControllerContext,
  options: AutoscalerOptions,
): Controller {
  const hpas = informers.informer(horizontalPodAutoscalerKind);
  const pods = informers.informer(podKind);
  const recorder = events('horizontal-pod-autoscaler');
  const scales = new Scales(client);
  const metrics = new MetricsClient(client);
  const histories = new Map<string, History>();
  /** What the targets select their pods by, as far as they have been looked at. */
  const selectors = new Map<string, Selector>();
  const controller = new Controller({ name: 'horizontal-pod-autoscaler', informers: [hpas, pods], reconcile, workers: 5, log, clock });
  // Its own status says nothing new.
  controller.watch(hpas, (hpa, old) =>
    old && old.metadata.generation === hpa.metadata.generation && isDeepStrictEqual(old.spec, hpa.spec) ? [] : [objectKey(hpa)],
  );
  return controller;

  async function reconcile(key: string): Promise<{ requeueAfter: number } | undefined> {
    const hpa = hpas.get(key);
    if (!hpa) {
      histories.delete(key);
      selectors.delete(key);
      return undefined;
    }
    const status: Status = { ...structuredClone(hpa.status), desiredReplicas: hpa.status?.desiredReplicas ?? 0 };
    try {
      await rescale(hpa, status);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      log.debug({ key, err: error }, 'not scaled');
    } finally {
      await writeStatus(hpa, status);
    }
    return { requeueAfter: options.syncPeriod };
  }

  /** Changes `status` as it goes. Throws Stopped. */
  async function rescale(hpa: Hpa, status: Status): Promise<void> {
    const { spec, metadata } = hpa;
    const { namespace = '' } = metadata;
    const { apiVersion = '', kind, name } = spec.scaleTargetRef;
    const target = { apiVersion, kind, name };
    const scale = await scaleOf(hpa, status, () => scales.get(namespace, target));
    const current = scale.spec?.replicas ?? 0;
    const history = histories.get(objectKey(hpa)) ?? { recommendations: [{ at: clock.now(), replicas: current }], changes: [] };
    histories.set(objectKey(hpa), history);
    const { replicas, why } = await wanted(hpa, status, { scale, current, history });
    status.currentReplicas = current;
    status.desiredReplicas = replicas;
    if (replicas === current) return;
    try {
      await scales.setReplicas(namespace, target, scale, replicas);
    } catch (error) {
      const { message } = error as Error;
      recorder.event(hpa, 'Warning', 'FailedRescale', `New size: ${replicas}; reason: ${why}; error: ${message}`);
      status.desiredReplicas = hpa.status?.desiredReplicas ?? 0;
      set(status, 'AbleToScale', false, 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${message}`);
      throw new Stopped(message, { cause: error });
    }
    set(status, 'AbleToScale', true, 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`);
    recorder.event(hpa, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${why}`);
    status.lastScaleTime = formatTime(clock.now());
    noteChange(spec, history, { at: clock.now(), by: replicas - current });
  }

  async function scaleOf(hpa: Hpa, status: Status, get: () => Promise<Scale>): Promise<Scale> {
    try {
      const scale = await get();
      set(status, 'AbleToScale', true, 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
      return scale;
    } catch (error) {
      if (!(error instanceof NotScalable) && !(error instanceof StatusError)) throw error;
      recorder.event(hpa, 'Warning', 'FailedGetScale', error.message);
      set(
        status,
        'AbleToScale',
        false,
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${error.message}`,
      );
      throw new Stopped(error.message, { cause: error });
    }
  }

  interface Found {
    scale: Scale;
    current: number;
    history: History;
  }

  async function wanted(hpa: Hpa, status: Status, { scale, current, history }: Found): Promise<{ replicas: number; why: string }> {
    const { minReplicas = 1, maxReplicas } = hpa.spec;
    delete status.currentMetrics;
    if (current === 0 && minReplicas !== 0) {
      set(status, 'ScalingActive', false, 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      return { replicas: 0, why: '' };
    }
    if (current > maxReplicas) return { replicas: maxReplicas, why: 'Current number of replicas above Spec.MaxReplicas' };
    if (current < minReplicas) return { replicas: minReplicas, why: 'Current number of replicas below Spec.MinReplicas' };
    const proposal = await propose(hpa, status, scale);
    const { downscaleStabilization } = options;
    const verdict = limit({ spec: hpa.spec, current, desired: proposal.replicas, now: clock.now(), downscaleStabilization }, history);
    const { reason, message } = verdict.stabilized ?? { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
    set(status, 'AbleToScale', true, reason, message);
    set(status, 'ScalingLimited', verdict.limited.holds, verdict.limited.reason, verdict.limited.message);
    const why = proposal.replicas > current ? `${proposal.name} above target` : 'All metrics below target';
    return { replicas: verdict.replicas, why };
  }

  /** The most that a metric asks for; metrics that can't be had keep it from falling. */
  async function propose(hpa: Hpa, status: Status, scale: Scale): Promise<Proposal> {
    const scene = sceneOf(hpa, status, scale);
    const specs = hpa.spec.metrics ?? [];
    const tried = await Promise.all(
      specs.map((spec) => measure(spec, scene, { metrics, timings: options }).catch((error: unknown) => failureOf(hpa, error))),
    );
    // Each in its place: who shows them looks for them by place.
    status.currentMetrics = tried.map((one) => (one instanceof MetricFailure ? { type: '' } : one.status));
    const measured = tried.filter((one): one is Measured => !(one instanceof MetricFailure));
    const failures = tried.filter((one) => one instanceof MetricFailure);
    const [first] = failures;
    const top = measured.reduce<Measured | undefined>((a, b) => (a && a.replicas >= b.replicas ? a : b), undefined);
    if (first && (!top || top.replicas < scene.replicas.spec)) {
      set(status, 'ScalingActive', false, first.reason, `the HPA was unable to compute the replica count: ${first.detail}`);
      status.currentReplicas = scene.replicas.spec;
      throw stopped(hpa, `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.message}`);
    }
    const { replicas, name } = top ?? { replicas: scene.replicas.spec, name: '' };
    set(status, 'ScalingActive', true, 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${name}`);
    return { replicas, name };
  }

  function failureOf(hpa: Hpa, error: unknown): MetricFailure {
    if (!(error instanceof MetricFailure)) throw error;
    recorder.event(hpa, 'Warning', error.reason, error.detail);
    return error;
  }

  function stopped(hpa: Hpa, message: string): Stopped {
    recorder.event(hpa, 'Warning', 'FailedComputeMetricsReplicas', message);
    return new Stopped(message);
  }

  function sceneOf(hpa: Hpa, status: Status, scale: Scale): Scene {
    const { namespace = '' } = hpa.metadata;
    const selector = scale.status?.selector ?? '';
    if (selector === '') {
      recorder.event(hpa, 'Warning', 'SelectorRequired', 'selector is required');
      set(status, 'ScalingActive', false, 'InvalidSelector', "the HPA target's scale is missing a selector");
      throw stopped(hpa, 'selector is required');
    }
    const matching = readSelector(hpa, status, selector);
    const selected = [...pods.byIndex('namespace', namespace)].filter(({ metadata }) => matching.matches(metadata.labels));
    selectors.set(objectKey(hpa), matching);
    const rivals = [...selectors].filter(
      ([key, other]) => key.startsWith(`${namespace}/`) && selected.some(({ metadata }) => other.matches(metadata.labels)),
    );
    if (rivals.length > 1) {
      const names = rivals.map(([key]) => key).sort();
      const message = `pods by selector ${selector} are controlled by multiple HPAs: [${names.join(' ')}]`;
      recorder.event(hpa, 'Warning', 'AmbiguousSelector', message);
      set(status, 'ScalingActive', false, 'AmbiguousSelector', message);
      throw stopped(hpa, message);
    }
    const replicas = { spec: scale.spec?.replicas ?? 0, status: scale.status?.replicas ?? 0 };
    return { namespace, selector, pods: selected, replicas, now: clock.now() };
  }

  function readSelector(hpa: Hpa, status: Status, selector: string): Selector {
    try {
      return parseLabelSelector(selector);
    } catch (error) {
      const message = `couldn't convert selector into a corresponding internal selector object: ${(error as Error).message}`;
      recorder.event(hpa, 'Warning', 'InvalidSelector', message);
      set(status, 'ScalingActive', false, 'InvalidSelector', message);
      throw stopped(hpa, message);
    }
  }

  /** Enters a condition, whose time is that of its last change of status. */
  function set(status: Status, type: string, holds: boolean, reason: string, message: string): void {
    const { conditions = [] } = status;
    const known = conditions.find((one) => one.type === type);
    const value = holds ? 'True' : 'False';
    const lastTransitionTime = known?.status === value ? known.lastTransitionTime : formatTime(clock.now());
    const condition = { type, status: value, reason, message, ...(lastTransitionTime !== undefined && { lastTransitionTime }) };
    status.conditions = known ? conditions.map((one) => (one === known ? condition : one)) : [...conditions, condition];
  }

  async function writeStatus(hpa: Hpa, status: Status): Promise<void> {
    if (isDeepStrictEqual(status, hpa.status)) return;
    await ifFound(client.resource(horizontalPodAutoscalerKind).updateStatus({ ...hpa, status }));
  }
}
