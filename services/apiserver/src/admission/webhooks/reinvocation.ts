import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '@t8s/meta';
import type { Hook } from './hooks.ts';

/**
 * Which webhooks see an object a second time: those that ask for it (reinvocationPolicy IfNeeded) and whose view of it another plugin
 * has outdated since (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#reinvocation-policy).
 */
export class Reinvocation {
  isSecond = false;
  /** Asked, and nothing changed since. */
  readonly #upToDate = new Set<string>();
  readonly #outdated = new Set<string>();
  #left: KubeObject | undefined;

  /** Begins the second round: other plugins may have changed what the webhooks left. */
  begin(object: KubeObject): void {
    this.isSecond = true;
    if (!isDeepStrictEqual(object, this.#left)) this.changed();
  }

  /** Keeps the state the webhooks leave the object in. */
  end(object: KubeObject): void {
    this.#left = structuredClone(object);
  }

  /** In the second round no webhook is asked for the first time. */
  isDue({ id }: Hook): boolean {
    return !this.isSecond || this.#outdated.has(id);
  }

  changed(): void {
    for (const id of this.#upToDate) this.#outdated.add(id);
    this.#upToDate.clear();
  }

  asked({ id, webhook }: Hook): void {
    if (webhook.reinvocationPolicy === 'IfNeeded') this.#upToDate.add(id);
  }
}
