/** A kubelet on real Docker with a real apiserver in front: what a kubectl needs to reach a container. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Pod, type PodSpec, podKind } from '@t8s/api';
import { createClient } from '@t8s/client';
import { Held } from '@t8s/component';
import { startKubelet } from '@t8s/kubelet';
import { createLogger } from '@t8s/telemetry';
import { eventually } from '@t8s/testkit';
import { type Cluster, freePort, startCluster } from '../harness.ts';
import { kubectlOf } from '../kubectl-of.ts';
import { type DockerHost, docker, importImages, startDocker } from './docker-host.ts';

const addons = resolve(import.meta.dirname, '../../../../deploy/addons');

export interface NodeWithApi {
  cluster: Cluster;
  /** Of an administrator. */
  kubeconfig: string;
  /** Makes a pod on the node; resolves when it is ready. */
  run(name: string, container: Partial<PodSpec['containers'][number]>, spec?: Partial<PodSpec>): Promise<Pod>;
  stop(): Promise<void>;
}

export interface KubeletLaunch {
  cluster: Cluster;
  host: DockerHost;
  /** Ends the kubelet. */
  signal: AbortSignal;
}

/** `launch` starts the kubelet of node-0, in this process unless told otherwise; `args` are further flags of the apiserver. */
export async function startNodeWithApi(
  rootFs: string,
  launch: (options: KubeletLaunch) => Promise<void> = launchKubelet,
  args: readonly string[] = [],
): Promise<NodeWithApi> {
  const host = await startDocker();
  importImages(rootFs);
  const cluster = await startCluster(args);
  const { api, pki } = cluster;
  const kubectl = await kubectlOf(cluster);
  for (const file of ['identities', 'pod-network', 'bootstrap']) await kubectl(['apply', '-f', join(addons, `${file}.yaml`)]);
  const abort = new AbortController();
  await launch({ cluster, host, signal: abort.signal });
  const pods = api.admin.resource(podKind);
  return {
    cluster,
    kubeconfig: pki.file('admin.conf'),
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

async function launchKubelet({ cluster: { api, pki }, host, signal }: KubeletLaunch): Promise<void> {
  const connection = { server: api.url, ca: pki.ca, ...(await pki.client('system:node:node-0', ['system:nodes'])) };
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
      unsafeSysctls: [],
      podCidr: '10.244.251.0/24',
      cniConfDir: join(pki.dir, 'no-net.d'),
      cniBinDirs: ['/usr/lib/cni'],
      nodeStatusFrequency: 10_000,
      server: {
        address: '127.0.0.1',
        port: await freePort(),
        certificate: new Held({ cert: await text('apiserver.crt'), key: await text('apiserver.key') }),
        clientCa: new Held(pki.ca),
      },
    },
  });
}
