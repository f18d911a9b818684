import type { Logger } from '@t8s/telemetry';
import type { RequestContext } from '../context.ts';

/** Logs who did what with which outcome, once the answer is out: writes at debug, reads at trace. Bodies never. */
export function audit(context: RequestContext, log: Logger): void {
  const { request, response, info, user } = context;
  const start = performance.now();
  const isWrite = info.isResource && !['get', 'list', 'watch'].includes(info.verb);
  if (!log.isLevelEnabled(isWrite ? 'debug' : 'trace')) return;
  response.once('close', () => {
    const line = {
      user: user.name,
      ...(context.user !== user && { as: context.user.name }),
      verb: info.verb,
      path: info.path,
      code: response.statusCode,
      ms: Math.round(performance.now() - start),
      agent: request.headers['user-agent'],
    };
    if (isWrite) log.debug(line, 'request');
    else log.trace(line, 'request');
  });
}
