import { request } from 'node:https';
import { sleep } from '@t8s/async';
import type { ConnectionConfig } from '@t8s/component';
import type { ApiServerProcess } from './apiserver-process.ts';
import { LoadClient } from './load-client.ts';
import { percentile, type Result, rate } from './result.ts';

const watchers = 1000;
const burst = 100;
const clients = 64;
const perSecond = 40;
const seconds = 10;
const configMaps = '/api/v1/namespaces/default/configmaps';

/** 100 events at once, then 40 a second, to 1,000 watchers: how late they arrive, and what each costs the server. The client reads names only. */
export async function watches(api: ApiServerProcess): Promise<Result[]> {
  const ends: (() => void)[] = [];
  const arrivals = new Arrivals();
  for (let i = 0; i < watchers; i++) ends.push(await open(api.connection, arrivals.reader()));
  const load = await LoadClient.open(api.connection, clients);
  const create = async (i: number): Promise<void> => {
    const id = String(i).padStart(digits, '0');
    const body = JSON.stringify({ metadata: { name: `event-${id}` }, data: { payload: 'x'.repeat(2000) } });
    await load.send({ method: 'POST', path: configMaps, body });
    // What counts is how late watchers are, once the one who wrote has its answer.
    arrivals.sent.set(id, performance.now());
  };
  await create(9999);
  await arrivals.expect(watchers);
  const inBurst = await arrivals.measure(api, burst * watchers, () => rate(burst, clients, create));
  const steady = await arrivals.measure(api, perSecond * seconds * watchers, async () => {
    const start = performance.now();
    await rate(perSecond * seconds, clients, async (i) => {
      const wait = start + (i * 1000) / perSecond - performance.now();
      if (wait > 0) await sleep(wait);
      await create(burst + i);
    });
  });
  load.close();
  for (const end of ends) end();
  return [
    {
      work: `${burst} events to ${watchers} watchers, CPU an event`,
      value: `${inBurst.micros.toFixed(1)} µs`,
      goal: '≤ 15 µs',
      upstream: '23 µs',
      detail: inBurst.detail,
    },
    {
      work: `${perSecond} events/s to ${watchers} watchers, p99`,
      value: `${steady.p99.toFixed(0)} ms`,
      goal: '< 250 ms',
      upstream: '',
      detail: `${steady.micros.toFixed(1)} µs CPU an event, ${steady.detail}`,
    },
  ];
}

interface Delivery {
  /** CPU of the server for each event that arrived. */
  micros: number;
  p99: number;
  detail: string;
}

const mark = Buffer.from('"name":"event-');
const digits = 4;
/** One byte less than what is looked for. */
const overlap = mark.length + digits - 1;

class Arrivals {
  readonly sent = new Map<string, number>();
  #seen: { name: string; at: number }[] = [];

  /** A reader of one watch: finds the names in its chunks, also one that two of them share. */
  reader(): (chunk: Buffer) => void {
    let tail: Buffer = Buffer.alloc(0);
    return (chunk) => {
      if (tail.length > 0) this.#find(Buffer.concat([tail, chunk.subarray(0, overlap)]));
      this.#find(chunk);
      tail = chunk.subarray(-overlap);
    };
  }

  #find(bytes: Buffer): void {
    const at = performance.now();
    for (let i = bytes.indexOf(mark); i >= 0; i = bytes.indexOf(mark, i + mark.length)) {
      const end = i + mark.length + digits;
      if (end <= bytes.length) this.#seen.push({ name: bytes.toString('latin1', end - digits, end), at });
    }
  }

  /** Waits for so many, or until nothing has come for five seconds. */
  async expect(count: number): Promise<void> {
    for (let before = -1, since = performance.now(); this.#seen.length < count; await sleep(20)) {
      if (this.#seen.length !== before) since = performance.now();
      else if (performance.now() - since > 5000) return;
      before = this.#seen.length;
    }
  }

  async measure(api: ApiServerProcess, count: number, work: () => Promise<unknown>): Promise<Delivery> {
    this.#seen = [];
    const before = api.cpu();
    const start = performance.now();
    await work();
    await this.expect(count);
    const cpu = api.cpu() - before;
    const last = this.#seen.at(-1)?.at ?? start;
    const late = this.#seen.map(({ name, at }) => Math.max(0, at - (this.sent.get(name) ?? at))).sort((a, b) => a - b);
    const p99 = percentile(late, 0.99);
    const rate = late.length / ((last - start) / 1000);
    return {
      micros: (cpu / late.length) * 1e6,
      p99,
      detail: `${late.length} of ${count} seen, ${rate.toFixed(0)} /s, p50 ${percentile(late, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    };
  }
}

function open({ server, ca, cert, key }: ConnectionConfig, read: (chunk: Buffer) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(`${configMaps}?watch=true&resourceVersion=0`, server), { ca, cert, key, agent: false }, (response) => {
      response.on('data', read);
      response.on('error', () => response.destroy());
      resolve(() => outgoing.destroy());
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
