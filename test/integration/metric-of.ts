import type { Client } from '@t8s/client';

/** The value of a metric with these labels, among others; undefined where there is none. */
export async function metricOf(client: Client, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const text = (await client.request({ method: 'GET', path: '/metrics' })).body.toString();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text.split('\n').find((one) => /^\w+/.exec(one)?.[0] === name && wanted.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
