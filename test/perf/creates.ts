import { Etcd3 } from 'etcd3';
import type { ApiServerProcess } from './apiserver-process.ts';
import { examplePod } from './example-pod.ts';
import { LoadClient } from './load-client.ts';
import { median, type Result, rate } from './result.ts';

const clients = 64;
const count = 3000;
const warmUps = 4;
const rounds = 3;
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

/** In the order in which a round does them, to the same pods. */
const works: readonly Work[] = [
  {
    name: 'create pods',
    send: (load, pod) => load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod(pod)) }),
    goal: '≥ 0.45',
    upstream: '0.28 (754 /s, 2.1 ms CPU)',
    counts: 'share',
  },
  {
    name: 'get a pod',
    send: (load, pod) => load.send({ method: 'GET', path: `${pods}/${pod}` }),
    goal: '≤ 0.3 ms',
    upstream: '0.96 ms (1,659 /s)',
    counts: 'cpu',
  },
  ...(
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
  ).map(([name, send]) => ({ name, send, goal: '≥ 0.3', upstream: '0.21 (574 to 594 /s, 3.1 ms CPU)', counts: 'share' as const })),
  {
    name: 'delete',
    send: (load, pod) => load.send({ method: 'DELETE', path: `${pods}/${pod}` }),
    goal: '',
    upstream: '0.19 (521 /s)',
    counts: 'share',
  },
];

/**
 * Pods created by 64 clients, read, patched and deleted, against raw puts of what a create stores by as many through etcd3: a round of
 * puts comes before and after each round of requests.
 */
export async function creates(api: ApiServerProcess): Promise<Result[]> {
  const { ca, cert, key } = api.etcdIdentity;
  const credentials = { rootCertificate: Buffer.from(ca), certChain: Buffer.from(cert), privateKey: Buffer.from(key) };
  // By its name: an IP address makes node complain of the SNI.
  const etcd = new Etcd3({ hosts: api.etcd.endpoint.replace('127.0.0.1', 'localhost'), credentials });
  const load = await LoadClient.open(api.connection, clients);
  await load.send({ method: 'POST', path: pods, body: JSON.stringify(examplePod('pod-as-it-is-kept')) });
  // What a create writes, written without the API.
  const value = (await etcd.get('/registry/pods/default/pod-as-it-is-kept').buffer()) ?? Buffer.alloc(0);
  const put = (i: number): Promise<unknown> => etcd.kv.put({ key: Buffer.from(`/bench/default/pod-${i % count}`), value });
  // V8 goes on compiling for a minute: creates are twice as fast in the fifth round as in the first.
  for (let round = 0; round < warmUps; round++) {
    for (const { send } of works) await rate(count, clients, (i) => send(load, `warm-${round}-${i}`));
    await rate(count, clients, put);
  }
  const puts: number[] = [];
  const putCpu: number[] = [];
  const putRound = async (): Promise<void> => {
    const before = process.cpuUsage();
    puts.push(await rate(count, clients, put));
    const { user, system } = process.cpuUsage(before);
    putCpu.push((user + system) / 1000 / count);
  };
  await putRound();
  const samples = new Map<string, Sample[]>(works.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, send } of works) samples.get(name)?.push(await sample(api, (i) => send(load, `pod-${round}-${i}`)));
    await putRound();
  }
  etcd.close();
  load.close();
  const limit = median(puts);
  return works.map(({ name, goal, upstream, counts }) => {
    const perSecond = median((samples.get(name) ?? []).map((s) => s.perSecond));
    const cpu = median((samples.get(name) ?? []).map((s) => s.cpu));
    return {
      work: `${name}, ${clients} clients${counts === 'share' ? ' / raw puts' : ': CPU'}`,
      value: counts === 'share' ? (perSecond / limit).toFixed(2) : `${cpu.toFixed(2)} ms`,
      goal,
      upstream,
      // Each of the two waits for one thread: the CPU of these is what the ratio comes to where nobody else takes part of the machine.
      detail: `${perSecond.toFixed(0)} /s, ${limit.toFixed(0)} puts/s; CPU ${cpu.toFixed(2)} ms, of etcd3 ${median(putCpu).toFixed(2)} ms: ${(median(putCpu) / cpu).toFixed(2)}`,
    };
  });
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
