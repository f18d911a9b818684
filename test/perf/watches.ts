import { request } from 'node:https';
import { configMapKind } from '@t8s/api';
import type { ConnectionConfig } from '@t8s/component';
import type { ApiServerProcess } from './apiserver-process.ts';
import { percentile, type Result } from './result.ts';

const watchers = 1000;
const events = 100;

/** A burst of 100 events to 1,000 watchers: how fast they arrive, and what each costs the server. The client reads bytes only. */
export async function watches(api: ApiServerProcess): Promise<Result[]> {
  const ends: (() => void)[] = [];
  const arrivals: { name: string; at: number }[] = [];
  for (let i = 0; i < watchers; i++)
    ends.push(
      await open(api.connection, (text) => {
        for (const [, name = ''] of text.matchAll(/"name":"(burst-\d+)"/g)) arrivals.push({ name, at: performance.now() });
      }),
    );
  const sent = new Map<string, number>();
  const before = api.cpu();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: events }, async (_, i) => {
      const name = `burst-${i}`;
      await api.client.resource(configMapKind).create({ metadata: { name, namespace: 'default' }, data: { payload: 'x'.repeat(2000) } });
      sent.set(name, performance.now());
    }),
  );
  while (arrivals.length < watchers * events && performance.now() - start < 60_000) await new Promise((resolve) => setTimeout(resolve, 20));
  const last = Math.max(...arrivals.slice(-1000).map((a) => a.at));
  const cpu = api.cpu() - before;
  for (const end of ends) end();
  const latencies = arrivals.map(({ name, at }) => Math.max(0, at - (sent.get(name) ?? at))).sort((a, b) => a - b);
  const perSecond = arrivals.length / ((last - start) / 1000);
  return [
    {
      work: `${events} events to ${watchers} watchers, CPU an event`,
      value: `${((cpu / arrivals.length) * 1e6).toFixed(1)} µs`,
      goal: '≤ 25 µs',
      upstream: '23 µs',
      detail: `${arrivals.length} of ${watchers * events} arrived, ${perSecond.toFixed(0)} events/s, p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms`,
    },
  ];
}

function open({ server, ca, cert, key }: ConnectionConfig, read: (text: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL('/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=0', server),
      { ca, cert, key, agent: false },
      (response) => {
        response.setEncoding('latin1').on('data', read);
        response.on('error', () => response.destroy());
        resolve(() => outgoing.destroy());
      },
    );
    outgoing.once('error', reject);
    outgoing.end();
  });
}
