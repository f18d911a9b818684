import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { RemoteCatalog } from '../aggregation/remote-catalog.ts';
import { answerBytes } from '../negotiation/answer.ts';
import { negotiate } from '../negotiation/media-types.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions, type Offer } from './documents.ts';

interface Document {
  body: string;
  etag: string;
}

export interface DiscoveryOptions {
  /** `host:port` that clients are told. */
  serverAddress: string;
  served: ServedResources;
  remotes: Pick<RemoteCatalog, 'all' | 'onChange'>;
}

/** `/api`, `/apis` and what lies under them up to the resources. Each document is made for its first reader, and anew when what is served changes. */
export function discoveryRouter({ serverAddress, served, remotes }: DiscoveryOptions): Router {
  const router = Router();
  const documents = new Map<string, Document>();
  const offer = (): Offer => ({ resources: served.all, remotes: remotes.all });
  for (const source of [served, remotes]) source.onChange(() => documents.clear());
  const document = (name: string, make: () => object | undefined): Document | undefined => {
    const known = documents.get(name);
    if (known) return known;
    const content = make();
    if (!content) return undefined;
    const body = JSON.stringify(content);
    const made = { body, etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase().slice(0, 64)}"` };
    documents.set(name, made);
    return made;
  };
  for (const path of ['/api', '/apis']) {
    const isCore = path === '/api';
    router.get(path, (request, response, next) => {
      const version = aggregatedVersion(request);
      if (!version) negotiate(request.headers.accept);
      const as = version && `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const made = version
        ? document(`${path} ${version}`, () => aggregatedDiscovery(offer(), isCore, version))
        : document(path, () => (isCore ? apiVersions(serverAddress) : apiGroupList(offer())));
      if (made) answer(request, response, made, as);
      else next();
    });
  }
  router.get(['/api/:version', '/apis/:group/:version', '/apis/:group'], (request, response, next) => {
    negotiate(request.headers.accept);
    const { group = '', version } = request.params as { group?: string; version?: string };
    const made = document(request.path, () =>
      version === undefined ? apiGroup(offer(), group) : apiResourceList(offer(), { group, version }),
    );
    if (made) answer(request, response, made);
    else next();
  });
  return router;
}

/** The aggregated form, where the client asks for it. */
function aggregatedVersion({ headers }: Request): 'v2' | 'v2beta1' | undefined {
  const wish = (headers.accept ?? '')
    .split(',')
    .find((part) => part.includes('as=APIGroupDiscoveryList') && part.trim().startsWith('application/json'));
  return wish === undefined ? undefined : (/v=(v2beta1|v2)\b/.exec(wish)?.[1] as 'v2' | 'v2beta1' | undefined);
}

/** With an ETag, so that a client's cache costs a 304. */
function answer(request: Request, response: Response, { body, etag }: Document, as?: string): void {
  const { headers } = request;
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept');
  if (as !== undefined) response.setHeader('Cache-Control', 'public');
  if (headers['if-none-match'] === etag) response.status(304).end();
  else if (as !== undefined) response.setHeader('Content-Type', as).end(body);
  else answerBytes({ request, response, warnings: [] }, 200, Buffer.from(body), negotiate(headers.accept).format);
}
