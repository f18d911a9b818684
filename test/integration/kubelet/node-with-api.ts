/** A kubelet on real Docker with a real apiserver in front: what a kubectl needs to reach a container. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pod, type PodSpec, podKind } from '@t8s/api';
import { createClient } from '@t8s/client';
import { startKubelet } from '@t8s/kubelet';
import { createLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { type Cluster, freePort, startCluster } from '../harness.ts';
import { type DockerHost, docker, importImages, startDocker } from './docker-host.ts';

export interface NodeWithApi {
  cluster: Cluster;
  /** Of an administrator. */
  kubeconfig: string;
  /** Makes a pod on the node; resolves when it is ready. */
  run(name: string, container: Partial<PodSpec['containers'][number]>, spec?: Partial<PodSpec>): Promise<Pod>;
  stop(): Promise<void>;
}

export async function startNodeWithApi(rootFs: string): Promise<NodeWithApi> {
  const host = await startDocker();
  importImages(rootFs);
  const cluster = await startCluster();
  const { api, pki } = cluster;
  const abort = new AbortController();
  await launchKubelet({ cluster, host, server: api.url, signal: abort.signal });
  const kubeconfig = join(pki.dir, 'admin.conf');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(api.url, pki.file)));
  const pods = api.admin.resource(podKind);
  return {
    cluster,
    kubeconfig,
    async run(name, container, spec = {}) {
      const containers = [{ name: 'app', image: 't8s.local/busybox:1', imagePullPolicy: 'IfNotPresent', ...container }];
      const metadata = { name, namespace: 'default' };
      await pods.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec: { nodeName: 'node-0', automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers, ...spec },
      });
      return eventually(async () => {
        const pod = await pods.get(metadata);
        if (pod.status?.conditions?.find((c) => c.type === 'Ready')?.status !== 'True')
          throw new Error(`pod ${name} is ${JSON.stringify(pod.status)}`);
        return pod;
      }, 20_000);
    },
    async stop() {
      abort.abort();
      await cluster.stop();
      const left = docker('ps', '-aq');
      if (left !== '') docker('rm', '-f', ...left.split('\n'));
      await host.remove();
    },
  };
}

interface KubeletLaunch {
  cluster: Cluster;
  host: DockerHost;
  server: string;
  signal: AbortSignal;
}

async function launchKubelet({ cluster: { pki }, host, server, signal }: KubeletLaunch): Promise<void> {
  const connection = { server, ca: pki.ca, ...(await pki.client('system:node:node-0', ['system:masters'])) };
  const text = (name: string): Promise<string> => readFile(pki.file(name), 'utf8');
  await startKubelet({
    client: createClient({ connection, userAgent: 'kubelet' }),
    signal,
    log: createLogger({ component: 'kubelet' }),
    config: {
      nodeName: 'node-0',
      nodeIps: ['127.0.0.1'],
      rootDir: join(pki.dir, 'kubelet'),
      runtimeEndpoint: '',
      dockerSocket: host.socket,
      pauseImage: 't8s.local/pause:1',
      clusterDns: [],
      clusterDomain: 'cluster.local',
      resolvConf: '',
      maxPods: 110,
      podCidr: '10.244.251.0/24',
      cniConfDir: join(pki.dir, 'no-net.d'),
      cniBinDirs: ['/usr/lib/cni'],
      nodeStatusFrequency: 10_000,
      server: {
        address: '127.0.0.1',
        port: await freePort(),
        cert: await text('apiserver.crt'),
        key: await text('apiserver.key'),
        clientCa: pki.ca,
      },
    },
  });
}

function kubeconfigOf(server: string, file: (name: string) => string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': file('ca.crt') } }],
    users: [{ name: 'admin', user: { 'client-certificate': file('admin.crt'), 'client-key': file('admin.key') } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}
