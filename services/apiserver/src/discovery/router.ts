import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts';

/** `/api`, `/apis` and what lies under them up to the resources. Not hot: clients cache it. */
export function discoveryRouter(serverAddress: string): Router {
  const router = Router();
  router.get('/api', (request, response) =>
    answer(request, response, aggregated(request, true) ?? { document: apiVersions(serverAddress) }),
  );
  router.get('/apis', (request, response) => answer(request, response, aggregated(request, false) ?? { document: apiGroupList() }));
  router.get('/api/v1', (request, response) => answer(request, response, { document: apiResourceList('', 'v1') }));
  router.get('/apis/:group', (request, response, next) => {
    const document = apiGroup(request.params.group);
    if (document) answer(request, response, { document });
    else next();
  });
  router.get('/apis/:group/:version', (request, response, next) => {
    const document = apiResourceList(request.params.group, request.params.version);
    if (document) answer(request, response, { document });
    else next();
  });
  return router;
}

/** The aggregated form, where the client asks for it. */
function aggregated({ headers }: Request, core: boolean): { document: object; as: string } | undefined {
  const wish = (headers.accept ?? '')
    .split(',')
    .find((part) => part.includes('as=APIGroupDiscoveryList') && part.trim().startsWith('application/json'));
  const version = wish && (/v=(v2beta1|v2)\b/.exec(wish)?.[1] as 'v2' | 'v2beta1' | undefined);
  if (!version) return undefined;
  return {
    document: aggregatedDiscovery(core, version),
    as: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
  };
}

/** With an ETag, so that a client's cache costs a 304. */
function answer(
  { headers }: Request,
  response: Response,
  { document, as = 'application/json' }: { document: object | undefined; as?: string },
): void {
  const body = JSON.stringify(document);
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase().slice(0, 64)}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'public');
  if (headers['if-none-match'] === etag) response.status(304).end();
  else response.setHeader('Content-Type', as).end(body);
}
