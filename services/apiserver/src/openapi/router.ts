/** /openapi/v2 and /openapi/v3, made at the first request and kept as text. */
import { createHash } from 'node:crypto';
import { kubernetesVersion } from '@t8s/component';
import { notAcceptable } from '@t8s/meta';
import { type Request, type Response, Router } from 'express';
import { groupVersions } from '../discovery/documents.ts';
import { endWith } from '../negotiation/body.ts';
import { definitionName } from './definition-names.ts';
import { paths, pathTypes } from './paths.ts';
import { type Dialect, reachable, typeSchema } from './schemas.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

const info = { title: 'Kubernetes', version: kubernetesVersion };

export function openApiRouter(): Router {
  const router = Router();
  const documents = new Map<string, { text: string; hash: string }>();
  const document = (name: string, make: () => object): { text: string; hash: string } => {
    const known = documents.get(name);
    if (known) return known;
    const text = JSON.stringify(make());
    const made = { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
    documents.set(name, made);
    return made;
  };
  const all = [{ group: '', version: 'v1' }, ...groupVersions];
  const pathOf = ({ group, version }: { group: string; version: string }): string =>
    group === '' ? `api/${version}` : `apis/${group}/${version}`;

  let protobuf: Buffer | undefined;
  router.get('/openapi/v2', (request, response) => {
    if (accepts(request) !== 'protobuf') return send(request, response, document('v2', openApiV2));
    protobuf ??= encodeOpenApiV2(openApiV2());
    response.setHeader('Vary', 'Accept');
    response.setHeader('Content-Type', 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf').end(protobuf);
  });
  router.get('/openapi/v3', (request, response) => {
    const entries = all.map((gv) => [
      pathOf(gv),
      { serverRelativeURL: `/openapi/v3/${pathOf(gv)}?hash=${document(pathOf(gv), () => openApiV3(gv)).hash}` },
    ]);
    send(
      request,
      response,
      document('v3', () => ({ paths: Object.fromEntries(entries) })),
    );
  });
  for (const gv of all)
    router.get(`/openapi/v3/${pathOf(gv)}`, (request, response) =>
      send(
        request,
        response,
        document(pathOf(gv), () => openApiV3(gv)),
      ),
    );
  return router;
}

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

function openApiV2(): Record<string, unknown> {
  const all = [{ group: '', version: 'v1' }, ...groupVersions];
  const definitions = definitionsOf(all.flatMap(pathTypes), 'v2');
  return { swagger: '2.0', info, paths: Object.assign({}, ...all.map((gv) => paths(gv, 'v2'))), definitions };
}

function openApiV3(gv: { group: string; version: string }): object {
  return { openapi: '3.0.0', info, paths: paths(gv, 'v3'), components: { schemas: definitionsOf(pathTypes(gv), 'v3') } };
}

function definitionsOf(roots: readonly string[], dialect: Dialect): Record<string, unknown> {
  return Object.fromEntries(reachable(roots).map((type) => [definitionName(type), typeSchema(type, dialect)]));
}
