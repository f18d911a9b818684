/**
 * Signs kube-public/cluster-info with each bootstrap token that says so: who has a token can tell by it, before knowing the CA,
 * that the CA in there is the cluster's (a JWS without its content, RFC 7515 appendix F).
 */
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { configMapKind, type Secret } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { ifFound } from '@t8s/meta';
import { expiry, field, tokenInformer } from '../../certificates/bootstrap-tokens.ts';
import type { ControllerContext } from '../../context.ts';

const key = 'kube-public/cluster-info';
const prefix = 'jws-kubeconfig-';

export function bootstrapSignerController({ client, informers, clock, log }: ControllerContext): Controller {
  const tokens = tokenInformer(informers);
  const configMaps = informers.informer(configMapKind);
  const controller = new Controller({ name: 'bootstrapsigner', informers: [tokens, configMaps], reconcile, log, clock });
  controller.watch(configMaps, ({ metadata }) => (`${metadata.namespace}/${metadata.name}` === key ? [key] : []));
  controller.watch(tokens, () => [key]);
  return controller;

  async function reconcile(): Promise<void> {
    const info = configMaps.get(key);
    const content = info?.data?.['kubeconfig'];
    if (!info || content === undefined) return;
    const others = Object.entries(info.data ?? {}).filter(([name]) => !name.startsWith(prefix));
    const signatures = tokens
      .list()
      .filter((token) => mayAttest(token, clock.now()))
      .map((token) => [prefix + field(token, 'token-id'), sign(content, field(token, 'token-id'), field(token, 'token-secret'))]);
    const data = Object.fromEntries([...others, ...signatures]) as Record<string, string>;
    if (isDeepStrictEqual(data, info.data)) return;
    await ifFound(client.resource(configMapKind).update({ ...info, data }));
  }
}

function mayAttest(secret: Secret, now: number): boolean {
  const id = field(secret, 'token-id');
  return (
    id !== '' &&
    field(secret, 'token-secret') !== '' &&
    secret.metadata.name === `bootstrap-token-${id}` &&
    expiry(secret) > now &&
    field(secret, 'usage-bootstrap-signing') === 'true'
  );
}

function sign(content: string, id: string, secret: string): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64url');
  const header = encode(JSON.stringify({ alg: 'HS256', kid: id }));
  return `${header}..${createHmac('sha256', secret)
    .update(`${header}.${encode(content)}`)
    .digest('base64url')}`;
}
