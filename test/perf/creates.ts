import { Etcd3 } from 'etcd3';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { median, type Result, rate } from './result.ts';
import { type ProcessUse, useOf } from './service-process.ts';

const clients = 64;
const count = 3000;
/** V8 goes on compiling for a minute: creates are twice as fast in the fifth round as in the first. */
const warmUps = 4;
const rounds = 7;
const pods = '/api/v1/namespaces/default/pods';

interface Work {
  name: string;
  send(load: LoadClient, pod: string): Promise<unknown>;
  goal: string;
  upstream: string;
  /** Whether what counts is the rate as a share of raw puts, or the server's CPU. */
  counts: 'share' | 'cpu';
}

const patch = (type: string, change: (pod: string) => object, query = ''): Work['send'] => {
  const contentType = `application/${type}`;
  return (load, pod) => load.send({ method: 'PATCH', path: `${pods}/${pod}${query}`, contentType, body: JSON.stringify(change(pod)) });
};
const note = (text: string): object => ({ metadata: { annotations: { note: text } } });

const create: Work = {
  name: 'create pods',
  send: (load, pod) => load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod(pod)) }),
  goal: '≥ 0.45',
  upstream: '0.28 (754 /s, 2.1 ms CPU)',
  counts: 'share',
};
const get: Work = {
  name: 'get a pod',
  send: (load, pod) => load.send({ method: 'GET', path: `${pods}/${pod}` }),
  goal: '≤ 0.3 ms',
  upstream: '0.96 ms (1,659 /s)',
  counts: 'cpu',
};
const remove: Work = {
  name: 'delete',
  send: (load, pod) => load.send({ method: 'DELETE', path: `${pods}/${pod}` }),
  goal: '',
  upstream: '0.19 (521 /s)',
  counts: 'share',
};
const patchWorks = (
  [
    ['JSON patch', patch('json-patch+json', () => [{ op: 'replace', path: '/metadata/annotations/note', value: 'json' }])],
    ['merge patch', patch('merge-patch+json', () => note('merge'))],
    ['strategic patch', patch('strategic-merge-patch+json', () => note('strategic'))],
    [
      'apply patch',
      patch(
        'apply-patch+yaml',
        (name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, annotations: { applied: 'yes' } } }),
        '?fieldManager=bench',
      ),
    ],
  ] as const
).map(([name, send]): Work => ({ name, send, goal: '≥ 0.3', upstream: '0.21 (574 to 594 /s, 3.1 ms CPU)', counts: 'share' }));

export const creates = (api: ApiServerProcess): Promise<Result[]> => requests(api, [create, get, remove]);

export const patches = async (api: ApiServerProcess): Promise<Result[]> =>
  (await requests(api, [create, ...patchWorks, remove])).slice(1, -1);

/** Requests of 64 clients, round for round to the same pods, against raw puts by as many through etcd3 of what a create stores. */
async function requests(api: ApiServerProcess, works: readonly Work[]): Promise<Result[]> {
  const { ca, cert, key } = api.etcdIdentity;
  const credentials = { rootCertificate: Buffer.from(ca), certChain: Buffer.from(cert), privateKey: Buffer.from(key) };
  // By its name: an IP address makes node complain of the SNI.
  const etcd = new Etcd3({ hosts: api.etcd.endpoint.replace('127.0.0.1', 'localhost'), credentials });
  const load = await LoadClient.open(api.connection, clients);
  await create.send(load, 'as-it-is-kept');
  const value = await etcd.get('/registry/pods/default/as-it-is-kept').buffer();
  if (!value) throw new Error('etcd does not have the pod that was made');
  const put = (i: number): Promise<unknown> => etcd.kv.put({ key: Buffer.from(`/bench/default/pod-${i % count}`), value });
  const self = useOf(process.pid);
  const samples = new Map<Work, Sample[]>(works.map((work) => [work, []]));
  const limits: Sample[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    for (const work of works) {
      const done = await sample(api, (i) => work.send(load, `pod-${round}-${i}`));
      if (round >= 0) samples.get(work)?.push(done);
    }
    const limit = await sample(self, put);
    if (round >= 0) limits.push(limit);
  }
  etcd.close();
  load.close();
  const ratio = (of: readonly Sample[], share: (one: Sample, limit: Sample) => number): string =>
    median(of.map((one, round) => share(one, limits[round] ?? one))).toFixed(2);
  return works.map((work) => {
    const of = samples.get(work) ?? [];
    const cpu = median(of.map((one) => one.cpu));
    return {
      work: `${work.name}, ${clients} clients${work.counts === 'share' ? ' / raw puts' : ': CPU'}`,
      value: work.counts === 'share' ? ratio(of, (one, limit) => one.perSecond / limit.perSecond) : `${cpu.toFixed(2)} ms`,
      goal: work.goal,
      upstream: work.upstream,
      // Each of the two waits for one thread: the ratio of their CPU is what it comes to where nobody else takes part of the machine.
      detail: `${median(of.map((one) => one.perSecond)).toFixed(0)} /s, ${median(limits.map((one) => one.perSecond)).toFixed(0)} puts/s; CPU ${cpu.toFixed(2)} ms, of etcd3 ${median(limits.map((one) => one.cpu)).toFixed(2)} ms: ${ratio(of, (one, limit) => limit.cpu / one.cpu)}`,
    };
  });
}

interface Sample {
  perSecond: number;
  /** Of the process that does the work, milliseconds for each. */
  cpu: number;
}

async function sample(worker: ProcessUse, work: (i: number) => Promise<unknown>): Promise<Sample> {
  const before = worker.cpu();
  const perSecond = await rate(count, clients, work);
  return { perSecond, cpu: ((worker.cpu() - before) / count) * 1000 };
}
