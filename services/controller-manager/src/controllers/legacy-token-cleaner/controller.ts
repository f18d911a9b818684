/** Marks tokens of secrets that were made for accounts of old clusters and are used no more, and later deletes them. */
import { configMapKind, podKind, type Secret, secretKind, serviceAccountKind } from '@t8s/api';
import { podReferences } from '@t8s/auth';
import { Controller } from '@t8s/controller';
import { isStatus, parseTime } from '@t8s/meta';
import { accountKey, accountSecrets, isOf } from '../../account-secrets.ts';
import type { ControllerContext } from '../../context.ts';

const day = 24 * 3_600_000;
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidLabel = 'kubernetes.io/legacy-token-invalid-since';
/** Since when the apiserver has noted the use of such tokens: what was used before, nobody knows. */
const tracking = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' };

/** `cleanUpPeriod`: after how long without use a token is marked, and after how long again it is deleted. Milliseconds. */
export function legacyTokenCleaner({ client, informers, clock, log }: ControllerContext, cleanUpPeriod: number): Controller {
  const secrets = accountSecrets(informers);
  const accounts = informers.informer(serviceAccountKind);
  const pods = informers.informer(podKind);
  const name = 'legacy-serviceaccount-token-cleaner';
  const controller = new Controller({ name, informers: [secrets, accounts, pods], reconcile, log, clock });
  controller.enqueue('all');
  return controller;

  async function reconcile(): Promise<{ requeueAfter: number }> {
    if (clock.now() < (await trackedSince()) + day + cleanUpPeriod) return { requeueAfter: day };
    const candidates = secrets.list().filter(isUnused);
    const mounted = new Set(candidates.length === 0 ? [] : pods.list().flatMap(podReferences));
    for (const secret of candidates) {
      const { namespace, name } = secret.metadata;
      if (!mounted.has(`secrets ${namespace}/${name}`)) await retire(secret);
    }
    return { requeueAfter: day };
  }

  /** Infinity where nobody can tell. */
  async function trackedSince(): Promise<number> {
    try {
      return dayOf((await client.resource(configMapKind).get(tracking)).data?.['since']) ?? Number.POSITIVE_INFINITY;
    } catch (error) {
      if (isStatus(error, 'NotFound')) return Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  /** The account refers to those that were made for it: others were asked for, and stay. */
  function isUnused(secret: Secret): boolean {
    const { creationTimestamp = '', deletionTimestamp, labels = {}, name } = secret.metadata;
    const used = labels[lastUsedLabel];
    const account = accounts.get(accountKey(secret));
    return (
      deletionTimestamp === undefined &&
      Date.parse(creationTimestamp) < clock.now() - cleanUpPeriod &&
      (used === undefined || (dayOf(used) !== undefined && used < lastDay())) &&
      account !== undefined &&
      isOf(secret, account) &&
      (account.secrets ?? []).some((ref) => ref.name === name)
    );
  }

  async function retire({ metadata: { namespace = '', name = '', uid, resourceVersion, labels = {} } }: Secret): Promise<void> {
    const since = labels[invalidLabel] ?? '';
    const resource = client.resource(secretKind);
    try {
      if (dayOf(since) === undefined)
        await resource.patch(
          { namespace, name },
          { type: 'merge', body: { metadata: { uid, labels: { [invalidLabel]: text(clock.now()) } } } },
        );
      else if (since < lastDay())
        await resource.delete({ namespace, name }, { preconditions: { ...(resourceVersion !== undefined && { resourceVersion }) } });
    } catch (error) {
      if (!isStatus(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  function lastDay(): string {
    return text(clock.now() - cleanUpPeriod);
  }
}

/** `2026-01-31`. */
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Its beginning; undefined where the text is none. */
const dayOf = (date = ''): number | undefined => parseTime(`${date}T00:00:00Z`);
