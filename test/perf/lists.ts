import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { bareServer, type Fetcher, fetcher, timed } from './fetch.ts';
import { LoadClient } from './load-client.ts';
import { median, type Result, rate } from './result.ts';

const count = 5000;
const pageSize = 500;
const rounds = 8;
const pods = '/api/v1/namespaces/default/pods';
const accepts = { JSON: 'application/json', Table: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

/** Creates the pods `from` to `to`, as many at a time as are fast. */
export async function fill(api: ApiServerProcess, from: number, to: number): Promise<void> {
  const load = await LoadClient.open(api.connection, 64);
  await rate(to - from, 64, (i) => load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod(`list-${from + i}`)) }));
  load.close();
}

/** Lists of 5,000 pods, whole and in pages, against the same bytes from a bare node:https server. */
export async function lists(api: ApiServerProcess): Promise<Result[]> {
  await fill(api, 0, count);
  const results: Result[] = [];
  const ours = fetcher(api.connection);
  for (const [shape, accept] of Object.entries(accepts)) {
    results.push(await whole(api, ours, { shape, accept }));
    results.push(await paged(api, ours, { shape, accept }));
  }
  ours.close();
  return results;
}

interface Shaped {
  shape: string;
  accept: string;
}

async function whole(api: ApiServerProcess, ours: Fetcher, { shape, accept }: Shaped): Promise<Result> {
  const body = await ours.get(pods, accept);
  const server = await bareServer([body]);
  const bare = fetcher(server.connection);
  const times = { bare: [] as number[], memory: [] as number[], consistent: [] as number[] };
  const before = api.cpu();
  for (let round = 0; round < rounds; round++) {
    times.bare.push(await timed(() => bare.get('/0')));
    times.memory.push(await timed(() => ours.get(`${pods}?resourceVersion=0`, accept)));
    times.consistent.push(await timed(() => ours.get(pods, accept)));
  }
  const cpu = (api.cpu() - before) / rounds / 2;
  bare.close();
  server.close();
  const ms = (name: keyof typeof times): number => median(times[name]);
  return {
    work: `list ${count} pods as ${shape}, bare server / ours`,
    value: (ms('bare') / ms('memory')).toFixed(2),
    goal: '≥ 0.7',
    upstream: shape === 'JSON' ? '189 ms, consistent 303 ms' : '',
    detail: `${megabytes(body)}; bare ${ms('bare').toFixed(0)} ms, memory ${ms('memory').toFixed(0)} ms, consistent ${ms('consistent').toFixed(0)} ms, ${(cpu * 1000).toFixed(0)} ms CPU`,
  };
}

async function paged(api: ApiServerProcess, ours: Fetcher, { accept }: Shaped): Promise<Result> {
  const pages = await readPages(ours, accept);
  const server = await bareServer(pages);
  const bare = fetcher(server.connection);
  const times = { bare: [] as number[], ours: [] as number[] };
  const before = api.cpu();
  for (let round = 0; round < rounds; round++) {
    times.bare.push(
      await timed(async () => {
        for (let i = 0; i < pages.length; i++) continueOf(await bare.get(`/${i}`));
      }),
    );
    times.ours.push(await timed(() => readPages(ours, accept)));
  }
  const cpu = (api.cpu() - before) / rounds;
  bare.close();
  server.close();
  const ms = (name: keyof typeof times): number => median(times[name]);
  return {
    work: `the same in pages of ${pageSize}, bare server / ours`,
    value: (ms('bare') / ms('ours')).toFixed(2),
    goal: '≥ 0.7',
    upstream: '',
    detail: `${megabytes(Buffer.concat(pages))} in ${pages.length} pages; bare ${ms('bare').toFixed(0)} ms, ours ${ms('ours').toFixed(0)} ms, ${(cpu * 1000).toFixed(0)} ms CPU`,
  };
}

async function readPages(server: Fetcher, accept: string): Promise<Buffer[]> {
  const pages: Buffer[] = [];
  for (let next = ''; ; ) {
    const page = await server.get(`${pods}?limit=${pageSize}${next === '' ? '' : `&continue=${next}`}`, accept);
    pages.push(page);
    next = continueOf(page);
    if (next === '') return pages;
  }
}

/** The metadata of a list comes first. */
const continueOf = (page: Buffer): string => /"continue":"([^"]+)"/.exec(page.toString('latin1', 0, 1000))?.[1] ?? '';

const megabytes = (body: Buffer): string => `${(body.length / 1e6).toFixed(1)} MB`;
