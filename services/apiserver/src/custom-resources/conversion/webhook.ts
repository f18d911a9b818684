/** Conversion by webhook: ConversionReview (apiextensions.k8s.io/v1), several objects in one request. */
import { randomUUID } from 'node:crypto';
import type { CustomResourceDefinition } from '@t8s/api';
import { formatApiVersion, type KubeObject, parseApiVersion, type Status, unclassified } from '@t8s/meta';
import { type ApiServerMetrics, secondsSince } from '../../metrics.ts';
import { type WebhookClient, WebhookError, type WebhookTarget } from '../../webhooks/webhook-client.ts';
import type { Converter } from './converter.ts';
import { restoreMetadata } from './restore-metadata.ts';

interface ConversionReview {
  kind?: string;
  apiVersion?: string;
  response?: { uid?: string; result?: Status; convertedObjects?: KubeObject[] };
}

/** Upstream's. Milliseconds. */
const timeout = 30_000;
/** Objects in a request: a list of many is asked for in parts. */
const batch = 500;
const group = 'apiextensions.k8s.io';
const understood = ['v1', 'v1beta1'];

export function webhookConverter({ spec }: CustomResourceDefinition, client: WebhookClient, metrics: ApiServerMetrics): Converter {
  const { clientConfig = {}, conversionReviewVersions = [] } = spec.conversion?.webhook ?? {};
  const version = conversionReviewVersions.find((name) => understood.includes(name)) ?? 'v1';
  return {
    async convert(objects, apiVersion) {
      const converted: KubeObject[] = [];
      for (let from = 0; from < objects.length; from += batch)
        converted.push(
          ...(await ask(
            { client, target: clientConfig as WebhookTarget, version, metrics },
            objects.slice(from, from + batch),
            apiVersion,
          )),
        );
      return converted;
    },
  };
}

interface Webhook {
  client: WebhookClient;
  target: WebhookTarget;
  /** Of the ConversionReview. */
  version: string;
  metrics: ApiServerMetrics;
}

async function ask(
  { client, target, version, metrics }: Webhook,
  objects: readonly KubeObject[],
  apiVersion: string,
): Promise<KubeObject[]> {
  const webhook = `conversion webhook for ${typeOf(objects[0])}`;
  const reviewVersion = formatApiVersion({ group, version });
  const uid = randomUUID();
  const request = { uid, desiredAPIVersion: apiVersion, objects };
  const body = { kind: 'ConversionReview', apiVersion: reviewVersion, request };
  const start = performance.now();
  const observe = (failure = ''): void => {
    const labels = { result: failure === '' ? 'success' : 'failure', failure_type: failure };
    metrics.conversionRequests.inc(labels);
    metrics.conversionDuration.observe(labels, secondsSince(start));
  };
  try {
    const answer = (await client.post(target, { body, timeout })) as ConversionReview | null;
    const converted = objectsIn(answer, { uid, reviewVersion });
    if (converted.length !== objects.length)
      throw unclassified(`${webhook} returned ${converted.length} objects, expected ${objects.length}`);
    const accepted = objects.map((original, index) => asAccepted(original, converted[index], { webhook, apiVersion, index }));
    observe();
    return accepted;
  } catch (error) {
    const isCall = error instanceof WebhookError;
    observe(isCall ? 'conversion_webhook_call_failure' : 'conversion_webhook_invalid_converted_object_failure');
    throw isCall ? unclassified(`${webhook} failed: ${error.message}`) : error;
  }
}

/** `example.com/v1, Kind=Foo`, as Go writes a GroupVersionKind. */
const typeOf = (object: KubeObject | undefined): string => `${object?.apiVersion}, Kind=${object?.kind}`;

function objectsIn(review: ConversionReview | null, { uid, reviewVersion }: { uid: string; reviewVersion: string }): KubeObject[] {
  const wanted = `${reviewVersion}, Kind=ConversionReview`;
  const got = `${review?.apiVersion ?? ''}, Kind=${review?.kind ?? ''}`;
  if (got !== wanted) throw new WebhookError(`expected webhook response of ${wanted}, got ${got}`);
  const response = review?.response;
  if (!response) throw new WebhookError('no response provided');
  if (response.uid !== uid)
    throw new WebhookError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success') throw new WebhookError(message || `response.result.status was '${status}', not 'Success'`);
  return response.convertedObjects ?? [];
}

/** The object as converted, if it is what was asked for. Only labels and annotations of its metadata count. */
function asAccepted(
  original: KubeObject,
  converted: KubeObject | undefined,
  { webhook, apiVersion, index }: { webhook: string; apiVersion: string; index: number },
): KubeObject {
  const invalid = (why: string): Error => unclassified(`${webhook} returned invalid object at index ${index}: ${why}`);
  const { group: g, version: v } = parseApiVersion(converted?.apiVersion ?? '');
  if (!converted || converted.apiVersion !== apiVersion)
    throw invalid(`invalid groupVersion (expected ${apiVersion}, received ${formatApiVersion({ group: g, version: v })})`);
  if (converted.kind !== original.kind) throw invalid(`invalid kind (expected ${original.kind}, received ${converted.kind})`);
  for (const [field, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [had = '', has = ''] = [original.metadata[field], converted.metadata?.[field]];
    if (had !== has) throw unclassified(`${webhook} returned invalid object: must have the same ${name}: ${had} != ${has}`);
  }
  const problem = restoreMetadata(original, converted);
  if (problem !== undefined) throw unclassified(`${webhook} returned invalid metadata: ${problem}`);
  return converted;
}
