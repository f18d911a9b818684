/** Bootstrap tokens: secrets of kube-system by which machines join (KEP: bootstrap.kubernetes.io/token). */
import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '@t8s/api';
import { parseTime } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import { ownerHere, type TokenAuthenticator } from './authenticate.ts';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const defaultGroup = 'system:bootstrappers';

/** Tokens that machines have before they have certificates, while their secret is there, allows it, and has not expired. */
export function bootstrapTokens(cache: WatchCache, audiences: readonly string[]): TokenAuthenticator {
  return async (token, wanted) => {
    const [, id, secret] = form.exec(token) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const found = cache.resource('secrets').get(`kube-system/bootstrap-token-${id}`)?.object as Secret | undefined;
    const read = (key: string): string => Buffer.from(found?.data?.[key] ?? '', 'base64').toString();
    const isGood =
      found?.type === 'bootstrap.kubernetes.io/token' &&
      !found.metadata.deletionTimestamp &&
      read('token-id') === id &&
      equal(read('token-secret'), secret) &&
      isCurrent(read('expiration')) &&
      read('usage-bootstrap-authentication') === 'true';
    if (!isGood) return undefined;
    const extra = read('auth-extra-groups')
      .split(',')
      .map((group) => group.trim())
      .filter((group) => group !== '');
    if (extra.some((group) => !groupForm.test(group))) return undefined;
    return ownerHere({ name: `system:bootstrap:${id}`, groups: [...new Set([defaultGroup, ...extra])] }, audiences, wanted);
  };
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A time that can't be read is over. */
const isCurrent = (expiration: string): boolean => expiration === '' || (parseTime(expiration) ?? 0) > Date.now();
