import { badRequest, deniedByWebhook, internalError } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import { annotate } from '../../audit/audit.ts';
import { type ApiServerMetrics, secondsSince } from '../../metrics.ts';
import { type WebhookClient, WebhookError, type WebhookTarget } from '../../webhooks/webhook-client.ts';
import type { Invocation } from './invocation.ts';
import { InvalidAnswer, type ReviewAnswer, reviewOf, verifyAnswer } from './review.ts';

export interface Caller {
  client: WebhookClient;
  metrics: ApiServerMetrics;
  log: Logger;
}

/**
 * Asks a webhook and hands on its warnings. Throws what it answers a request that it denies, and InternalError where it can't be
 * asked; undefined where the webhook lets such failures pass.
 */
export async function callHook(
  invocation: Invocation,
  { client, metrics, log }: Caller,
  { mutating }: { mutating: boolean },
): Promise<ReviewAnswer | undefined> {
  const { hook, request } = invocation;
  const { name, sideEffects, clientConfig, timeoutSeconds = 10, failurePolicy } = hook.webhook;
  if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun')
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  const review = reviewOf(invocation);
  const asked = { name, type: mutating ? 'admit' : 'validating', operation: request.operation };
  const start = performance.now();
  const observe = (code: number, rejected: boolean): void => {
    metrics.webhookDuration.observe({ ...asked, rejected: String(rejected) }, secondsSince(start));
    metrics.webhookRequests.inc({ ...asked, code: String(Math.min(code, 600)), rejected: String(rejected) });
  };
  const reject = (errorType: string, code: number): void =>
    metrics.webhookRejections.inc({ ...asked, error_type: errorType, rejection_code: String(Math.min(code, 600)) });
  let answer: ReviewAnswer;
  try {
    const sent = await client.post(clientConfig as WebhookTarget, { body: review.body, timeout: timeoutSeconds * 1000 });
    answer = verifyAnswer(sent, review, { mutating });
  } catch (error) {
    if (!(error instanceof WebhookError || error instanceof InvalidAnswer)) throw error;
    const failedAt = error instanceof WebhookError ? 'failed to call webhook' : 'received invalid webhook response';
    const message = `failed calling webhook ${JSON.stringify(name)}: ${failedAt}: ${error.message}`;
    const open = failurePolicy === 'Ignore';
    observe(0, !open);
    log.warn({ webhook: name, configuration: hook.configuration, reason: error.message, open }, 'a webhook could not be asked');
    if (open) {
      annotate(request.context, `failed-open.${mutating ? 'mutation' : 'validating'}.webhook.admission.k8s.io/${name}`, name);
      metrics.webhookFailOpen.inc({ name, type: asked.type });
      return undefined;
    }
    reject('calling_webhook_error', 0);
    throw internalError(message);
  }
  request.context.warnings.push(...(answer.warnings ?? []));
  for (const [key, value] of Object.entries(answer.auditAnnotations ?? {})) annotate(request.context, `${name}/${key}`, value);
  if (!answer.allowed) {
    const denied = deniedByWebhook(name, answer.status);
    observe(denied.code, true);
    reject('no_error', denied.code);
    throw denied;
  }
  observe(200, false);
  return answer;
}
