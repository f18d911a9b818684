/** Metrics under upstream's names (https://kubernetes.io/docs/reference/instrumentation/metrics). */
import { formatGroupResource } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestContext, ServedResource } from './context.ts';
import type { Watches } from './endpoints/watch/watches.ts';
import type { InflightLimits } from './flowcontrol/inflight-limits.ts';
import type { ServedResources } from './registry/served-resources.ts';

/** Some of upstream's, as each is a line for every kind of request. Seconds. */
const requestBuckets = [0.005, 0.025, 0.1, 0.2, 0.4, 1, 2, 5, 30, 60];
const webhookBuckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
const conversionBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60];
const requestLabels = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'];
/** What tells requests apart further where they are counted. */
const countedLabels = ['dry_run', 'code'];

export class ApiServerMetrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('apiserver_request_total', 'Requests answered', [...requestLabels, ...countedLabels]);
  readonly #durations = this.#histogram('apiserver_request_duration_seconds', 'How long requests took', {
    labels: requestLabels,
    buckets: requestBuckets,
  });
  readonly webhookDuration = this.#histogram('apiserver_admission_webhook_admission_duration_seconds', 'How long admission webhooks took', {
    labels: ['name', 'type', 'operation', 'rejected'],
    buckets: webhookBuckets,
  });
  readonly webhookRequests = this.#counter('apiserver_admission_webhook_request_total', 'Requests to admission webhooks', [
    'name',
    'type',
    'operation',
    'code',
    'rejected',
  ]);
  readonly webhookRejections = this.#counter('apiserver_admission_webhook_rejection_count', 'Requests that admission webhooks have ended', [
    'name',
    'type',
    'operation',
    'error_type',
    'rejection_code',
  ]);
  readonly webhookFailOpen = this.#counter('apiserver_admission_webhook_fail_open_count', 'Failures of webhooks that were let pass', [
    'name',
    'type',
  ]);
  readonly policyChecks = this.#counter('apiserver_validating_admission_policy_check_total', 'Validations of policies', [
    'policy',
    'policy_binding',
    'error_type',
    'enforcement_action',
  ]);
  readonly conversionRequests = this.#counter('apiserver_conversion_webhook_request_total', 'Requests to conversion webhooks', [
    'result',
    'failure_type',
  ]);
  readonly conversionDuration = this.#histogram('apiserver_conversion_webhook_duration_seconds', 'How long conversion webhooks took', {
    labels: ['result', 'failure_type'],
    buckets: conversionBuckets,
  });
  readonly unavailable = this.#counter('aggregator_unavailable_apiservice_total', 'Times that an APIService became unavailable', [
    'name',
    'reason',
  ]);
  /** Uses of service-account tokens: of those that outlive their time, and of those of secrets. */
  readonly tokenUses = {
    valid: this.#counter('serviceaccount_valid_tokens_total', 'Uses of extended tokens in their time', []),
    stale: this.#counter('serviceaccount_stale_tokens_total', 'Uses of extended tokens after their time', []),
    legacy: this.#counter('serviceaccount_legacy_tokens_total', 'Uses of tokens of secrets', []),
    manual: this.#counter('serviceaccount_legacy_manual_token_uses_total', 'Uses of tokens of secrets that were asked for', []),
    generated: this.#counter('serviceaccount_legacy_auto_token_uses_total', 'Uses of tokens of secrets that were generated', []),
    invalid: this.#counter('serviceaccount_invalid_legacy_auto_token_uses_total', 'Uses of generated tokens that are marked invalid', []),
  };

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts the request when it is over, under what is served only: clients may ask for anything. */
  request(context: RequestContext & { resource?: ServedResource }): void {
    const start = performance.now();
    const { response, info, query } = context;
    response.on('close', () => {
      const { group = '', version = '', resource = '' } = context.resource?.kind ?? {};
      const isKnown = resource !== '' && response.statusCode !== 404;
      const labels = {
        verb: verbs[info.verb] ?? info.verb.toUpperCase(),
        group,
        version,
        resource,
        subresource: isKnown ? (info.subresource.split('/', 1)[0] ?? '') : '',
        scope:
          resource === '' ? '' : info.name !== '' || info.verb === 'create' ? 'resource' : info.namespace === '' ? 'cluster' : 'namespace',
        component: 'apiserver',
      };
      const dryRun = query.get('dryRun') === 'All' ? 'All' : '';
      this.#requests.inc({ ...labels, dry_run: dryRun, code: String(response.statusCode) });
      this.#durations.observe(labels, secondsSince(start));
    });
  }

  /** Tells what these know when they are asked. */
  watch({ limits, watches, cache, served, unavailable }: Watched): void {
    this.#gauge('apiserver_current_inflight_requests', 'Requests that count for the limits', {
      labels: ['request_kind'],
      collect: () => Object.entries(limits.inFlight).map(([kind, n]) => [{ request_kind: kind }, n]),
    });
    this.#gauge('apiserver_longrunning_requests', 'Watches that are open', {
      labels: ['verb', 'group', 'version', 'resource', 'component'],
      collect: () => [...watches.counts].map(([kind, { open }]) => [{ verb: 'WATCH', ...kind, component: 'apiserver' }, open]),
    });
    const told = this.#counter('apiserver_watch_events_total', 'Events told to watches', ['group', 'version', 'resource'], () => {
      told.reset();
      for (const [kind, { told: n }] of watches.counts) told.inc({ ...kind }, n);
    });
    this.#gauge('apiserver_storage_objects', 'Objects stored', {
      labels: ['resource'],
      collect() {
        const stored = cache.isReady ? served.all.filter(({ kind }) => kind.stored !== false) : [];
        const byStorage = new Map(stored.map(({ kind, storage }) => [storage, kind]));
        return [...byStorage].map(([storage, kind]) => [{ resource: formatGroupResource(kind) }, cache.resource(storage).size]);
      },
    });
    this.#gauge('aggregator_unavailable_apiservice', 'APIServices that are not available', {
      labels: ['name'],
      collect: () => unavailable().map(({ name, isUnavailable }) => [{ name }, isUnavailable ? 1 : 0]),
    });
  }

  #counter(name: string, help: string, labelNames: string[], collect?: () => void): Counter<string> {
    return new Counter({ name, help, labelNames, registers: [this.registry], ...(collect && { collect }) });
  }

  #histogram(name: string, help: string, { labels, buckets }: { labels: string[]; buckets: number[] }): Histogram<string> {
    return new Histogram({ name, help, labelNames: labels, buckets, registers: [this.registry] });
  }

  #gauge(name: string, help: string, { labels, collect }: { labels: string[]; collect(): [Record<string, string>, number][] }): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      collect() {
        gauge.reset();
        for (const [of, value] of collect()) gauge.set(of, value);
      },
    });
  }
}

export interface Watched {
  limits: InflightLimits;
  watches: Watches;
  cache: WatchCache;
  served: ServedResources;
  unavailable(): { name: string; isUnavailable: boolean }[];
}

/** Seconds since `start` (of performance.now). */
export const secondsSince = (start: number): number => (performance.now() - start) / 1000;

const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };
