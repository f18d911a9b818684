/** Runs kubectl in a test: against a TestApiserver, with what it prints kept. */
import { Readable } from 'node:stream';
import { after, before } from 'node:test';
import { kubectl } from './kubectl.ts';
import { TestApiserver } from './test-apiserver.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface RunOptions {
  api: TestApiserver;
  stdin?: string;
  /** Aborts after what was awaited has happened (watches). */
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Hears what is printed as it is. */
  hear?(text: string): void;
}

export async function run(
  args: readonly string[],
  { api, stdin = '', signal = new AbortController().signal, env = {}, hear }: RunOptions,
): Promise<Ran> {
  const ran = { code: 0, out: '', err: '' };
  const io = {
    out: (text: string) => {
      ran.out += text;
      hear?.(text);
    },
    err: (text: string) => {
      ran.err += text;
    },
    stdin: Readable.from([stdin]),
    env: { HOME: '/nonexistent', ...env },
    now: () => Date.now(),
    signal,
  };
  ran.code = await kubectl(['--server', api.url, ...args], io);
  return ran;
}

/**
 * Types lines at a cluster that lives as long as the tests of the file. Resolves with stdout and stderr together, and the exit code
 * where it is not 0.
 */
export function kubectlOfTests(): (line: string, stdin?: string) => Promise<string> {
  let api: TestApiserver;
  before(async () => {
    api = await startCluster();
  });
  after(() => api.stop());
  return async (line, stdin = '') => {
    const { out, err, code } = await run(line.split(' '), { api, stdin });
    return out + err + (code === 0 ? '' : `[${code}]`);
  };
}

/** A server with a small cluster in it: a deployment's pod, a service, a node. */
export async function startCluster(): Promise<TestApiserver> {
  const api = await TestApiserver.start();
  const labels = { app: 'web' };
  const created = { creationTimestamp: '2020-01-01T00:00:00Z' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] } };
  api.add('v1', 'Namespace', {
    metadata: { name: 'default', ...created },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  api.add('v1', 'Node', {
    metadata: { name: 'node-0', labels: { 'kubernetes.io/hostname': 'node-0' }, ...created },
    spec: { podCIDR: '10.244.0.0/24' },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
      addresses: [{ type: 'InternalIP', address: '10.89.0.1' }],
      nodeInfo: { kubeletVersion: 'v1.34.0+t8s.0', osImage: 'Debian', kernelVersion: '6.1', containerRuntimeVersion: 'docker://20.10' },
      capacity: { cpu: '2', memory: '4Gi', pods: '110' },
    },
  });
  api.add('apps/v1', 'Deployment', {
    metadata: {
      name: 'web',
      namespace: 'default',
      labels,
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ...created,
    },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
    status: {
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' },
      ],
    },
  });
  api.add('v1', 'Pod', {
    metadata: { name: 'web-1', namespace: 'default', labels, ...created },
    spec: { nodeName: 'node-0', ...template.spec },
    status: {
      phase: 'Running',
      podIP: '10.244.0.5',
      podIPs: [{ ip: '10.244.0.5' }],
      hostIP: '10.89.0.1',
      startTime: '2020-01-01T00:00:00Z',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'nginx',
          image: 'nginx:1.27',
          imageID: 'x',
          containerID: 'docker://abc',
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: '2020-01-01T00:00:01Z' } },
        },
      ],
    },
  });
  api.add('v1', 'Service', {
    metadata: { name: 'web', namespace: 'default', labels, ...created },
    spec: {
      selector: labels,
      ports: [{ port: 80 }],
      clusterIP: '10.96.0.7',
      clusterIPs: ['10.96.0.7'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status: { loadBalancer: {} },
  });
  return api;
}
