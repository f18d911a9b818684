import { isExempt } from '../matching/rules.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { requestOf } from '../request.ts';
import { type Caller, callHook } from './call.ts';
import { type Hook, hooksOf } from './hooks.ts';
import { type Invocation, invocationOf, type Surroundings } from './invocation.ts';

/** Asks all validating webhooks at once; the first that denies, in their order, is heard. */
export function validatingWebhooks(options: Surroundings & Caller): AdmissionPlugin {
  const hooks = (): Hook[] => hooksOf(options.objects.cache.resource('validatingwebhookconfigurations').range());
  return {
    name: 'ValidatingAdmissionWebhook',
    validate(write) {
      const all = hooks();
      return all.length === 0 ? undefined : ask(all, requestOf(write));
    },
    review(request) {
      const all = hooks();
      return all.length === 0 ? undefined : ask(all, request);
    },
  };

  async function ask(hooks: readonly Hook[], request: AdmissionRequest): Promise<void> {
    if (isExempt(request)) return;
    const invocations: Invocation[] = [];
    for (const hook of hooks) {
      const invocation = await invocationOf(hook, request, options);
      if (invocation) invocations.push(invocation);
    }
    const outcomes = await Promise.allSettled(invocations.map((invocation) => callHook(invocation, options, { mutating: false })));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
