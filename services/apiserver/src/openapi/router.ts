/** /openapi/v2 and /openapi/v3. */
import { notAcceptable } from '@t8s/meta';
import { type Request, type Response, Router } from 'express';
import type { RemoteCatalog } from '../aggregation/remote-catalog.ts';
import { endWith } from '../negotiation/body.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { OpenApiDocuments } from './documents.ts';

export function openApiRouter(served: ServedResources, remotes: RemoteCatalog): Router {
  const router = Router();
  const documents = new OpenApiDocuments(served, remotes);
  router.get('/openapi/v2', (request, response) => {
    if (accepts(request) !== 'protobuf') return send(request, response, documents.v2);
    response.setHeader('Vary', 'Accept');
    response.setHeader('Content-Type', 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf').end(documents.v2Protobuf);
  });
  router.get('/openapi/v3', (request, response) => send(request, response, documents.index));
  router.get(['/openapi/v3/api/:version', '/openapi/v3/apis/:group/:version'], (request, response, next) => {
    const { group = '', version = '' } = request.params as { group?: string; version?: string };
    const document = documents.v3({ group, version });
    const { hash } = request.query;
    if (!document) next();
    else if (hash && hash !== document.hash) response.redirect(301, `${request.path}?hash=${document.hash}`);
    else {
      // What an address with its hash leads to never changes.
      if (hash) response.setHeader('Cache-Control', 'public, immutable').setHeader('Expires', inAYear());
      send(request, response, document);
    }
  });
  return router;
}

const inAYear = (): string => new Date(Date.now() + 365 * 86_400_000).toUTCString();

const protobufV2 = /^application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf$/;

/** The first form of a document that the client takes. Throws NotAcceptable. */
function accepts({ headers: { accept = '*/*' } }: Request): 'json' | 'protobuf' {
  for (const wish of accept.split(',')) {
    const type = wish.split(';')[0]?.trim() ?? '';
    if (protobufV2.test(type)) return 'protobuf';
    if (['application/json', 'application/*', '*/*'].includes(type)) return 'json';
  }
  throw notAcceptable(['application/json']);
}

function send(request: Request, response: Response, { text, hash }: { text: string; hash: string }): void {
  accepts(request);
  response.setHeader('ETag', `"${hash}"`);
  response.setHeader('Vary', 'Accept');
  if (request.headers['if-none-match'] === `"${hash}"`) response.status(304).end();
  else endWith(response.setHeader('Content-Type', 'application/json'), Buffer.from(text));
}
