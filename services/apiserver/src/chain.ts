/**
 * The way of every resource request, top-down. A stage returns to let the request go on, or throws the StatusError that
 * ends it. Writes go on through the list in write-chain.ts.
 */
import type { Authorizer } from '@t8s/auth';
import type { Logger } from '@t8s/telemetry';
import { audit } from './audit/audit.ts';
import type { Authenticator } from './authn/authenticate.ts';
import { impersonate } from './authn/impersonate.ts';
import { authorize } from './authz/authorize.ts';
import type { RequestContext } from './context.ts';
import type { Dispatcher } from './endpoints/dispatch.ts';
import type { InflightLimits } from './flowcontrol/inflight-limits.ts';
import type { ApiServerMetrics } from './metrics.ts';

export interface ChainOptions {
  authenticator: Authenticator;
  authorizer: Authorizer;
  log: Logger;
  limits: InflightLimits;
  dispatch: Dispatcher;
  metrics: ApiServerMetrics;
}

export type Chain = (context: RequestContext) => Promise<void>;

export function buildChain({ authenticator, authorizer, log, limits, dispatch, metrics }: ChainOptions): Chain {
  return async (context) => {
    metrics.request(context); //                                         counted when it ends
    context.user = await authenticator.authenticate(context); //         401
    audit(context, log); //                                              one line when it ends
    impersonate(context, authorizer); //                                 403
    const leave = limits.enter(context); //                              429
    try {
      authorize(context, authorizer); //                                 403
      await dispatch(context); //                                        decode … storage
    } finally {
      leave();
    }
  };
}
