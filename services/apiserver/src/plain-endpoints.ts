/** What is not hot: health, version, metrics, discovery and OpenAPI, by Express. */
import { arch, platform } from 'node:os';
import { kubernetesVersion } from '@t8s/component';
import { internalError, StatusError, unknownPath } from '@t8s/meta';
import express, { type ErrorRequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { RemoteCatalog } from './aggregation/remote-catalog.ts';
import { configurationPath, type IssuerDiscoveryOptions, issuerDiscovery, keysPath } from './discovery/issuer.ts';
import { discoveryRouter } from './discovery/router.ts';
import type { Dispatcher } from './endpoints/dispatch.ts';
import { answerError } from './negotiation/answer.ts';
import { openApiRouter } from './openapi/router.ts';
import type { ServedResources } from './registry/served-resources.ts';

export interface PlainOptions {
  /** `host:port` that discovery tells. */
  serverAddress: string;
  serviceAccounts: Omit<IssuerDiscoveryOptions, 'serverAddress'>;
  served: ServedResources;
  remotes: RemoteCatalog;
  /** Of metrics. */
  registry: Registry;
  /** Each throws with the reason it fails. `readyz` has them all, `livez` those of a process that must be restarted. */
  checks: { name: string; live: boolean; check(): void | Promise<void> }[];
}

export function plainEndpoints({ serverAddress, serviceAccounts, served, remotes, registry, checks }: PlainOptions): Dispatcher {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_, response, next) => {
    response.setHeader('Cache-Control', 'no-cache, private');
    next();
  });

  app.get('/version', (_, response) => void response.type('json').send(JSON.stringify(version(), null, 2)));
  app.get('/metrics', async (_, response) => void response.setHeader('Content-Type', registry.contentType).end(await registry.metrics()));
  for (const [path, chosen] of Object.entries({ healthz: checks, readyz: checks, livez: checks.filter((c) => c.live) })) {
    app.get(`/${path}`, async (request, response) => {
      const { ok, lines } = await run(chosen, [request.query['exclude'] ?? []].flat().map(String));
      const verbose = 'verbose' in request.query || !ok;
      response.status(ok ? 200 : 500).type('text/plain');
      response.end(verbose ? `${lines.join('\n')}\n${path} check ${ok ? 'passed' : 'failed'}\n` : 'ok');
    });
    for (const { name, check } of chosen) {
      app.get(`/${path}/${name}`, async (_, response) => {
        const { ok, lines } = await run([{ name, live: true, check }], []);
        response
          .status(ok ? 200 : 500)
          .type('text/plain')
          .end(ok ? 'ok' : `${lines.join('\n')}\n`);
      });
    }
  }
  const discovery = issuerDiscovery({ ...serviceAccounts, serverAddress });
  if (discovery) app.use(discovery);
  const paths = ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];
  if (discovery) paths.push(configurationPath, keysPath);
  app.get('/', (_, response) => void response.json({ paths: paths.sort() }));
  app.use(discoveryRouter({ serverAddress, served, remotes }), openApiRouter(served, remotes));
  app.use((_, response) => answerError(response, unknownPath()));
  const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) =>
    answerError(response, error instanceof StatusError ? error : internalError((error as Error).message));
  app.use(failed);
  return async ({ request, response }) => app(request, response);
}

async function run(checks: PlainOptions['checks'], exclude: readonly string[]): Promise<{ ok: boolean; lines: string[] }> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      if (exclude.includes(name)) return { ok: true, line: `[+]${name} excluded: ok` };
      try {
        await check();
        return { ok: true, line: `[+]${name} ok` };
      } catch (error) {
        return { ok: false, line: `[-]${name} failed: ${(error as Error).message}` };
      }
    }),
  );
  return { ok: results.every((r) => r.ok), lines: results.map((r) => r.line) };
}

function version(): object {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  const cpu = { x64: 'amd64', arm64: 'arm64', arm: 'arm' }[arch() as string] ?? arch();
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: minor,
    gitVersion: kubernetesVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: `node ${process.version}`,
    compiler: 'node',
    platform: `${platform()}/${cpu}`,
  };
}
