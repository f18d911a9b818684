import type { KubeObject } from '@t8s/meta';
import { placeIn } from '../../endpoints/create.ts';
import type { Write } from '../../write-chain.ts';
import { asShownBy } from '../matching/equivalents.ts';
import { isExempt } from '../matching/rules.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { requestOf } from '../request.ts';
import { type Caller, callHook } from './call.ts';
import { type Hook, hooksOf } from './hooks.ts';
import { invocationOf, type Surroundings } from './invocation.ts';
import { patchedBy } from './patch.ts';
import { Reinvocation } from './reinvocation.ts';

/** Something a webhook may change. */
interface Subject {
  request(): AdmissionRequest;
  accept(object: KubeObject): void;
}

/** Asks one mutating webhook after the other; each sees what the one before has made of the object. */
export function mutatingWebhooks(options: Surroundings & Caller): AdmissionPlugin {
  const hooks = (): Hook[] => hooksOf(options.objects.cache.resource('mutatingwebhookconfigurations').range());
  /** Of writes that go through a second time. */
  const rounds = new WeakMap<Write, Reinvocation>();
  return {
    name: 'MutatingAdmissionWebhook',
    mutate(write) {
      const all = hooks();
      return all.length === 0 ? undefined : mutate(all, write);
    },
    review(request) {
      const all = hooks();
      if (all.length === 0) return undefined;
      const accept = (object: KubeObject): void => {
        request.object = object;
      };
      return ask(all, { request: () => request, accept }, new Reinvocation()).then(() => undefined);
    },
  };

  async function mutate(hooks: readonly Hook[], write: Write): Promise<void> {
    const rounded = rounds.get(write);
    const reinvocation = rounded ?? new Reinvocation();
    rounds.set(write, reinvocation);
    if (rounded) reinvocation.begin(write.object);
    const changed = await ask(hooks, { request: () => requestOf(write), accept: (object) => accept(write, object) }, reinvocation);
    reinvocation.end(write.object);
    if (changed) write.mutateAgain = true;
  }

  /** Whether anything has changed. */
  async function ask(hooks: readonly Hook[], subject: Subject, reinvocation: Reinvocation): Promise<boolean> {
    let isChanged = false;
    for (const hook of hooks) {
      const request = subject.request();
      if (isExempt(request)) return false;
      if (!reinvocation.isDue(hook)) continue;
      const invocation = await invocationOf(hook, request, options);
      const answer = invocation && (await callHook(invocation, options, { mutating: true }));
      const changed = answer && patchedBy(answer, invocation);
      if (changed) {
        const isWhole = invocation.kind === invocation.matched.kind;
        subject.accept(isWhole ? await asShownBy(changed, invocation.matched, request.resource) : changed);
        reinvocation.changed();
        isChanged = true;
      }
      if (invocation) reinvocation.asked(hook);
    }
    return isChanged;
  }
}

function accept(write: Write, object: KubeObject): void {
  if (write.view) {
    write.view.object = object;
    write.view.accept(object);
    return;
  }
  const { context, resource } = write;
  placeIn(object, context.info.namespace, resource.kind.namespaced);
  write.object = object;
}
