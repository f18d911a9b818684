import { Etcd3 } from 'etcd3';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { median, type Result, rate } from './result.ts';

const clients = 64;
const count = 3000;
const rounds = 3;
const pods = '/api/v1/namespaces/default/pods';

/** Pods created by 64 clients, against raw puts of the same size by as many through etcd3, in turns; then read, patched and deleted. */
export async function creates(api: ApiServerProcess): Promise<Result[]> {
  const value = Buffer.from(JSON.stringify(examplePod('x'.repeat(1200))));
  const etcd = new Etcd3({ hosts: api.etcd.endpoint });
  const load = await LoadClient.open(api.connection, clients);
  const put = (key: string): Promise<unknown> => etcd.kv.put({ key: Buffer.from(`/bench/${key}`), value });
  const create = (name: string): Promise<unknown> => load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod(name)) });
  // As compiled as they are after a minute of work.
  await rate(count, clients, (i) => create(`warm-${i}`));
  await rate(count, clients, (i) => put(`warm-${i}`));
  const puts: number[] = [];
  const made: Sample[] = [];
  for (let round = 0; round < rounds; round++) {
    puts.push(await rate(count, clients, (i) => put(`${round}-${i}`)));
    made.push(await sample(api, (i) => create(`pod-${round}-${i}`)));
  }
  etcd.close();
  const result = (work: string, upstream: string, samples: Sample[]): Result => ({
    work: `${work}, ${clients} clients`,
    value: `${median(samples.map((s) => s.perSecond)).toFixed(0)} /s`,
    goal: '',
    upstream,
    detail: `${median(samples.map((s) => s.cpu)).toFixed(2)} ms CPU each`,
  });
  const all = async (work: (name: string) => Promise<unknown>): Promise<Sample[]> => {
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round++) samples.push(await sample(api, (i) => work(`pod-${round}-${i}`)));
    return samples;
  };
  const patch = (name: string, contentType: string): Promise<unknown> =>
    load.send({ method: 'PATCH', path: `${pods}/${name}`, contentType, body: `{"metadata":{"annotations":{"note":"${contentType}"}}}` });
  const others = [
    result('get a pod', '1,659 /s, 0.96 ms CPU', await all((name) => load.send({ method: 'GET', path: `${pods}/${name}` }))),
    result('merge patch', '574 /s, 3.1 ms CPU', await all((name) => patch(name, 'application/merge-patch+json'))),
    result('strategic patch', '594 /s, 3.1 ms CPU', await all((name) => patch(name, 'application/strategic-merge-patch+json'))),
    result('delete', '521 /s', await all((name) => load.send({ method: 'DELETE', path: `${pods}/${name}` }))),
  ];
  load.close();
  const [ours, limit] = [median(made.map((s) => s.perSecond)), median(puts)];
  const cpu = median(made.map((s) => s.cpu));
  return [
    {
      work: `create pods, ${clients} clients / raw puts`,
      value: (ours / limit).toFixed(2),
      goal: '≥ 0.35',
      upstream: '0.28 (754 /s, 2.1 ms CPU)',
      detail: `${ours.toFixed(0)} pods/s, ${limit.toFixed(0)} puts/s, ${cpu.toFixed(2)} ms CPU each`,
    },
    ...others,
  ];
}

interface Sample {
  perSecond: number;
  /** Of the apiserver, milliseconds a request. */
  cpu: number;
}

async function sample(api: ApiServerProcess, work: (i: number) => Promise<unknown>): Promise<Sample> {
  const before = api.cpu();
  const perSecond = await rate(count, clients, work);
  return { perSecond, cpu: ((api.cpu() - before) / count) * 1000 };
}
