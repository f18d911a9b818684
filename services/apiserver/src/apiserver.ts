/** An apiserver, put together: what main.ts starts from its flags and tests from their own options. */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { customResourceDefinitionKind, type Secret, secretKind, usePatterns } from '@t8s/api';
import { systemClock } from '@t8s/async';
import { createCa, issueCertificate, type KeyPair } from '@t8s/auth';
import { createClient } from '@t8s/client';
import type { Held } from '@t8s/component';
import { type EtcdOptions, EtcdStore, runCompactor, WatchCache } from '@t8s/storage';
import type { Logger } from '@t8s/telemetry';
import type { AdmissionConfiguration } from './admission/configuration.ts';
import { admissionPlugins } from './admission/plugins.ts';
import { Aggregation } from './aggregation/aggregation.ts';
import type { ProxyIdentity } from './aggregation/remote-services.ts';
import { Authenticator, firstOf, ownerHere, type TokenAuthenticator } from './authn/authenticate.ts';
import { bootstrapTokens } from './authn/bootstrap-token.ts';
import type { FrontProxyHeaders } from './authn/front-proxy.ts';
import { PeerCertificates } from './authn/peer-certificate.ts';
import type { ServiceAccountOptions } from './authn/service-account-issuer.ts';
import { lastUsedPatch, serviceAccountTokens } from './authn/service-account-token.ts';
import { accessPolicy } from './authz/access-policy.ts';
import { ensureDefaultObjects, publishTrust } from './bootstrap/default-objects.ts';
import { ensureDefaultRoles } from './bootstrap/default-roles.ts';
import { buildChain } from './chain.ts';
import { definitionHooks } from './custom-resources/clean-up.ts';
import { asksWebhook, renaming } from './custom-resources/conversion/converter.ts';
import { webhookConverter } from './custom-resources/conversion/webhook.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { readGoPattern } from './custom-resources/patterns.ts';
import { deleteObject } from './endpoints/deletion.ts';
import { dispatcher } from './endpoints/dispatch.ts';
import type { Services } from './endpoints/services.ts';
import { Watches } from './endpoints/watch/watches.ts';
import { InflightLimits, type LimitOptions } from './flowcontrol/inflight-limits.ts';
import { ApiServerMetrics } from './metrics.ts';
import { plainEndpoints } from './plain-endpoints.ts';
import { type KubeletClientOptions, kubeletSubresources, readResourceMetrics } from './proxy/kubelet.ts';
import { proxySubresources } from './proxy/proxy.ts';
import { byClusterIp, byEndpoint } from './proxy/service-location.ts';
import { componentStatuses, httpProbe } from './registry/component-status/component-status.ts';
import { metricsResources } from './registry/metrics/metrics.ts';
import { NodeUsage } from './registry/metrics/node-usage.ts';
import { finalizeNamespace } from './registry/namespace/finalize.ts';
import { namespaceHooks } from './registry/namespace/hooks.ts';
import { ObjectStore } from './registry/object-store.ts';
import { bindPod, createBinding } from './registry/pod/binding.ts';
import { evictPod } from './registry/pod/eviction.ts';
import { rbacEscalation } from './registry/rbac/escalation.ts';
import { reviewSelf } from './registry/self-subject-review/review.ts';
import { reviewRules } from './registry/self-subject-rules-review/review.ts';
import { cachedResources, ServedResources } from './registry/served-resources.ts';
import { ServiceHooks } from './registry/service/hooks.ts';
import type { Ipv4Range } from './registry/service/ipv4-range.ts';
import { createToken } from './registry/service-account/token.ts';
import { reviewAccess, reviewOwnAccess } from './registry/subject-access-review/review.ts';
import { reviewToken } from './registry/token-review/review.ts';
import { paramAccess } from './registry/validating-admission-policy/param-access.ts';
import { createApiServer, secureContext } from './server.ts';
import type { Serving } from './serving-files.ts';
import { delayed, shutDown } from './shutdown.ts';
import { WebhookClient } from './webhooks/webhook-client.ts';

/** Which credentials are taken besides certificates and the tokens of service accounts. */
export interface AuthenticationOptions {
  anonymous: boolean;
  bootstrapTokens: boolean;
  /** Of --token-auth-file. */
  staticTokens: TokenAuthenticator | undefined;
}

export interface ApiServerOptions {
  etcd: EtcdOptions;
  serving: Held<Serving>;
  frontProxy: FrontProxyHeaders & { allowedNames: readonly string[] };
  authentication: AuthenticationOptions;
  /** Names of the plugins in force, in their order (`selectPlugins`), and what they are told. */
  admission: { plugins: readonly string[]; configuration: AdmissionConfiguration };
  serviceAccounts: ServiceAccountOptions;
  serviceRange: Ipv4Range;
  nodePorts: { from: number; to: number };
  /** Our certificate towards kubelets, and the CA of theirs. */
  kubelet: { identity: Held<Partial<KeyPair>>; ca: string | undefined };
  /** How extension apiservers know us, and whether they are reached by their endpoints, not their cluster IP. */
  aggregation: { identity: Held<ProxyIdentity>; toEndpoints: boolean };
  /** Lifetime of events. */
  eventTtlSeconds: number;
  limits: LimitOptions;
  /** How long the server goes on after it has said that it is not ready any more. */
  shutdownDelayMs: number;
  /** The longest a request may take that isn't meant to last. Milliseconds. */
  requestTimeoutMs: number;
  bindAddress: string;
  /** 0 picks a free one. */
  port: number;
  advertiseIp: string;
  log: Logger;
}

/** How often leaked cluster IPs and node ports are looked for (upstream's). Milliseconds. */
const repairMs = 3 * 60_000;

export interface RunningApiServer {
  port: number;
  /** Resolves when the server has ended after its signal aborted. */
  done: Promise<void>;
}

/** Resolves when the server takes requests. The signal ends it: readyz fails, watches end, requests in flight finish. */
export async function startApiServer(options: ApiServerOptions, signal: AbortSignal): Promise<RunningApiServer> {
  const { log, limits } = options;
  usePatterns(readGoPattern);
  const { serviceRange: range } = options;
  const stopping = delayed(signal, options.shutdownDelayMs);
  const ended = new AbortController();
  // All that runs in the background listens to it.
  setMaxListeners(0, ended.signal);
  const store = new EtcdStore(options.etcd);
  const served = new ServedResources();
  const cache = new WatchCache({ store, prefix: '/registry/', resources: cachedResources(served), log });
  const policy = accessPolicy(cache);
  const kubelet = (): KubeletClientOptions => ({
    ...options.kubelet.identity.current,
    ...(options.kubelet.ca !== undefined && { ca: options.kubelet.ca }),
  });
  const { identity, toEndpoints } = options.aggregation;
  const locate = toEndpoints ? byEndpoint(cache) : byClusterIp(cache);
  const webhooks = new WebhookClient({ locate });
  const metrics = new ApiServerMetrics();
  const objects = new ObjectStore({ store, cache, eventTtlSeconds: options.eventTtlSeconds });
  const services = new ServiceHooks({ store, range, cache, nodePorts: options.nodePorts });
  const wired: Services = {
    store,
    served,
    objects,
    watches: new Watches(cache),
    plugins: admissionPlugins(
      options.admission.plugins,
      [rbacEscalation(policy), paramAccess({ objects, served, authorize: policy.authorize })],
      { objects, served, authorize: policy.authorize, client: webhooks, metrics, configuration: options.admission.configuration, log },
    ),
    hooks: { services, namespaces: namespaceHooks, customresourcedefinitions: definitionHooks },
  };
  const { serviceAccounts } = options;
  const { audiences, verify } = serviceAccounts;
  const loopback = randomBytes(32).toString('hex');
  const { authentication, frontProxy, serving } = options;
  const certificates = new PeerCertificates({ trust: serving.current, allowedNames: frontProxy.allowedNames });
  const tokens = firstOf(
    loopbackToken(loopback, audiences),
    ...(authentication.staticTokens ? [authentication.staticTokens] : []),
    ...(authentication.bootstrapTokens ? [bootstrapTokens(cache, audiences)] : []),
    serviceAccountTokens({ verify, cache, audiences, used: (secret, today) => void noteUse(secret, today), counters: metrics.tokenUses }),
  );
  const own = {
    bindings: createBinding,
    componentstatuses: componentStatuses({
      'controller-manager': httpProbe(10_257),
      scheduler: httpProbe(10_259),
      'etcd-0': async () => store.currentRevision().then(() => ({ status: 'True', message: 'ok' })),
    }),
    'localsubjectaccessreviews.authorization.k8s.io': reviewAccess(policy.authorize),
    'selfsubjectaccessreviews.authorization.k8s.io': reviewOwnAccess(policy.authorize),
    'selfsubjectreviews.authentication.k8s.io': reviewSelf,
    'selfsubjectrulesreviews.authorization.k8s.io': reviewRules(policy),
    'subjectaccessreviews.authorization.k8s.io': reviewAccess(policy.authorize),
    'tokenreviews.authentication.k8s.io': reviewToken({ tokens, audiences }),
    'pods/binding': bindPod,
    'pods/eviction': evictPod,
    'namespaces/finalize': finalizeNamespace,
    'serviceaccounts/token': createToken(serviceAccounts),
    ...metricsResources({
      usage: new NodeUsage({ read: (node) => readResourceMetrics(kubelet(), cache, node), clock: systemClock }),
      log,
    }),
    ...kubeletSubresources(kubelet),
    ...proxySubresources(kubelet),
  };
  const aggregation = new Aggregation({ cache, identity, locate, metrics, log });
  let isBootstrapped = false;
  /** Secrets whose use is being noted: once is enough for all who use them meanwhile. */
  const noted = new Set<string>();
  const plain = plainEndpoints({
    serverAddress: `${options.advertiseIp}:${options.port}`,
    serviceAccounts,
    served,
    remotes: aggregation.catalog,
    registry: metrics.registry,
    checks: [
      { name: 'ping', live: true, check: () => undefined },
      { name: 'etcd', live: false, check: async () => void (await store.currentRevision()) },
      { name: 'informer-sync', live: false, check: () => require(cache.isReady, 'the watch cache is being filled') },
      { name: 'poststarthook/default-objects', live: false, check: () => require(isBootstrapped, 'not finished') },
      { name: 'shutdown', live: false, check: () => require(!signal.aborted, 'process is shutting down') },
    ],
  });
  const inFlight = new InflightLimits(limits);
  metrics.watch({ limits: inFlight, watches: wired.watches, cache, served, unavailable: () => aggregation.unavailable() });
  const chain = buildChain({
    authenticator: new Authenticator({
      tokens,
      certificates,
      frontProxy,
      allowAnonymous: authentication.anonymous,
    }),
    authorizer: policy.authorize,
    log,
    limits: inFlight,
    metrics,
    dispatch: aggregation.before(dispatcher(wired, own, plain)),
  });
  const { requestTimeoutMs } = options;
  const server = createApiServer({ serving: serving.current, chain, log, stopping, requestTimeoutMs });
  const { ca, ...loopbackPair } = await loopbackCertificate();
  server.addContext(loopbackName, loopbackPair);

  const port = await listen(server, options.port, options.bindAddress);
  const client = createClient({
    connection: { server: `https://127.0.0.1:${port}`, ca, serverName: loopbackName, token: loopback },
    userAgent: 'kube-apiserver',
  });
  const customResources = new CustomResources({
    cache,
    served,
    definitions: client.resource(customResourceDefinitionKind),
    converter: (crd) => (asksWebhook(crd) ? webhookConverter(crd, webhooks, metrics) : renaming),
    remove: async (resource, object) => void (await deleteObject(resource, wired, { ...object, options: {} })),
    log,
  });
  serving.onChange((now) => {
    server.setSecureContext(secureContext(now));
    certificates.trust(now);
    publishTrust(client, now).catch((error: unknown) => log.warn({ err: error }, 'extension servers are not told yet whom to trust'));
  });
  const background = [
    aggregation.run(client, ended.signal),
    customResources.run(ended.signal),
    cache.run(ended.signal),
    runCompactor(store, ended.signal),
    keepInOrder(),
  ];
  log.info({ port, range: range.cidr }, 'serving');
  return { port, done: finish() };

  /** On which day the token of a secret was last used, for those who want to be rid of such tokens. */
  async function noteUse(secret: Secret, today: string): Promise<void> {
    const { namespace = '', name = '', uid = '' } = secret.metadata;
    if (noted.has(uid)) return;
    noted.add(uid);
    try {
      await client.resource(secretKind).patch({ namespace, name }, { type: 'merge', body: lastUsedPatch(secret, today) });
    } catch (error) {
      log.warn({ err: error, secret: `${namespace}/${name}` }, 'the day a token was used is not noted');
    } finally {
      noted.delete(uid);
    }
  }

  /** Makes the default objects as soon as the store allows, then frees what crashes have leaked, now and then. */
  async function keepInOrder(): Promise<void> {
    for (let wait = 100; !stopping.aborted; ) {
      try {
        await ensureDefaultObjects({
          client,
          services: { cidr: range.cidr, ip: range.at(1) },
          advertise: { ip: options.advertiseIp, port },
          ...serving.current,
        });
        await ensureDefaultRoles(client);
        isBootstrapped = true;
        await services.repair(cache);
        wait = repairMs;
      } catch (error) {
        if (stopping.aborted) return;
        log.warn({ err: error }, 'the default objects are not complete yet');
        wait = Math.min(wait * 2, 5000);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        stopping.addEventListener(
          'abort',
          () => {
            clearTimeout(timer);
            resolve();
          },
          { once: true },
        );
      });
    }
  }

  async function finish(): Promise<void> {
    if (!stopping.aborted) await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
    client.close();
    await shutDown(server);
    ended.abort();
    await Promise.allSettled(background);
    webhooks.close();
    store.close();
  }
}

/** No name of any serving certificate: the server's requests to itself don't depend on what it serves others with. */
const loopbackName = 'apiserver-loopback-client';

async function loopbackCertificate(): Promise<KeyPair & { ca: string }> {
  const ca = await createCa({ commonName: `${loopbackName}-ca` });
  const options = { ca, subject: { commonName: loopbackName }, usages: ['server'], hosts: [loopbackName], days: 3650 } as const;
  return { ...(await issueCertificate(options)), ca: ca.cert };
}

/** The server's own requests come with a token only it knows. */
function loopbackToken(token: string, audiences: readonly string[]): TokenAuthenticator {
  const self = { name: 'system:apiserver', groups: ['system:masters'] };
  return async (presented, wanted) => (presented === token ? ownerHere(self, audiences, wanted) : undefined);
}

function require(condition: boolean, why: string): void {
  if (!condition) throw new Error(why);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
