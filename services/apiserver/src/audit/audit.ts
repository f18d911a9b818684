import { randomUUID } from 'node:crypto';
import type { Logger } from '@t8s/telemetry';
import type { RequestContext } from '../context.ts';

/** Longest name of a request that is taken from who asks (upstream's). */
const maxId = 64;

/**
 * Logs who did what with which outcome, once the answer is out: what has annotations at info, other writes at debug, reads at trace.
 * Bodies never. The answer tells the id of the line (Audit-Id).
 */
export function audit(context: RequestContext, log: Logger): void {
  const { request, response, info, user, annotations } = context;
  const start = performance.now();
  // Who asks may have a name for the request already, as the aggregator of another cluster has.
  const id = String(request.headers['audit-id'] ?? '').slice(0, maxId) || randomUUID();
  response.setHeader('Audit-Id', id);
  const isWrite = info.isResource && !['get', 'list', 'watch'].includes(info.verb);
  response.on('close', () => {
    const level = annotations.size > 0 ? 'info' : isWrite ? 'debug' : 'trace';
    if (!log.isLevelEnabled(level)) return;
    const line = {
      id,
      user: user.name,
      ...(context.user !== user && { as: context.user.name }),
      verb: info.verb,
      path: info.path,
      code: response.statusCode,
      ms: Math.round(performance.now() - start),
      agent: request.headers['user-agent'],
      ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    };
    log[level](line, 'request');
  });
}

/** Adds to what will be logged of the request; what is said once stays, as upstream has it. */
export function annotate({ annotations }: RequestContext, key: string, value: string): void {
  if (!annotations.has(key)) annotations.set(key, value);
}
