import { podKind } from '@t8s/api';
import { Etcd3 } from 'etcd3';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { type Result, rate } from './result.ts';

const clients = 64;
const count = 3000;

/** Pods created by 64 clients, against raw puts of the same size through etcd3, in turns. */
export async function creates(api: ApiServerProcess): Promise<Result[]> {
  const value = Buffer.from(JSON.stringify(examplePod('x'.repeat(1200))));
  const etcd = new Etcd3({ hosts: api.etcd.endpoint });
  const put = (key: string): Promise<unknown> => etcd.kv.put({ key: Buffer.from(`/bench/${key}`), value });
  const pods = api.client.resource(podKind);
  await rate(500, clients, (i) => pods.create(examplePod(`warm-${i}`)));
  await rate(500, clients, (i) => put(`warm-${i}`));
  const puts: number[] = [];
  const made: number[] = [];
  const before = await api.cpu();
  for (let round = 0; round < 3; round++) {
    puts.push(await rate(count, clients, (i) => put(`${round}-${i}`)));
    made.push(await rate(count, clients, (i) => pods.create(examplePod(`create-${round}-${i}`))));
  }
  const cpu = ((await api.cpu()) - before) / (3 * count);
  etcd.close();
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[1] ?? 0;
  const perSecond = median(made);
  return [
    {
      work: `create pods, ${clients} clients / raw puts`,
      value: (perSecond / median(puts)).toFixed(2),
      goal: '≥ 0.35',
      upstream: '0.28',
      detail: `${perSecond.toFixed(0)} pods/s, ${median(puts).toFixed(0)} puts/s, ${(cpu * 1000).toFixed(2)} ms CPU a create`,
    },
  ];
}
