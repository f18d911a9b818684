import { podKind } from '@t8s/api';
import { EtcdStore } from '@t8s/storage';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { type Result, rate } from './result.ts';

const clients = 64;
const count = 3000;

/** Pods created by 64 clients, against raw puts of the same size through the same library, in turns. */
export async function creates(api: ApiServerProcess): Promise<Result[]> {
  const store = new EtcdStore({ endpoints: [api.etcd.endpoint] });
  const value = Buffer.from(JSON.stringify(examplePod('x'.repeat(1200))));
  const pods = api.client.resource(podKind);
  await rate(500, clients, (i) => pods.create(examplePod(`warm-${i}`)));
  await rate(500, clients, (i) => store.create(`/bench/warm-${i}`, value));
  const puts: number[] = [];
  const made: number[] = [];
  const before = await api.cpu();
  for (let round = 0; round < 3; round++) {
    puts.push(await rate(count, clients, (i) => store.create(`/bench/${round}-${i}`, value)));
    made.push(await rate(count, clients, (i) => pods.create(examplePod(`create-${round}-${i}`))));
  }
  const cpu = ((await api.cpu()) - before) / (3 * count);
  store.close();
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
