/** A kubelet on real Docker against an API in memory. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type Container, type CoreEvent, eventKind, type Pod, type PodSpec, podKind } from '@t8s/api';
import { Held } from '@t8s/component';
import { type Access, type Kubelet, startKubelet } from '@t8s/kubelet';
import { createLogger } from '@t8s/telemetry';
import { eventually, FakeClient } from '@t8s/testkit';

const podCidr = '10.244.250.0/24';

export class NodeUnderTest {
  readonly client = new FakeClient();
  readonly pods = this.client.resource(podKind);
  readonly #dir = mkdtempSync(join(tmpdir(), 't8s-node-'));
  #abort = new AbortController();
  #kubelet: Kubelet | undefined;

  readonly #dockerSocket: string;

  constructor(dockerSocket: string) {
    this.#dockerSocket = dockerSocket;
    makeCertificates(this.#dir);
  }

  async start(): Promise<void> {
    this.#abort = new AbortController();
    this.#kubelet = await startKubelet({
      client: this.client,
      signal: this.#abort.signal,
      log: createLogger({ component: 'kubelet' }),
      access: onlyTheApiserver,
      config: {
        nodeName: 'node-0',
        nodeIps: ['127.0.0.1'],
        rootDir: join(this.#dir, 'root'),
        runtimeEndpoint: '',
        dockerSocket: this.#dockerSocket,
        pauseImage: 't8s.local/pause:1',
        clusterDns: ['10.96.0.10'],
        clusterDomain: 'cluster.local',
        resolvConf: '',
        maxPods: 110,
        unsafeSysctls: [],
        podCidr,
        cniConfDir: join(this.#dir, 'no-net.d'),
        cniBinDirs: ['/usr/lib/cni'],
        nodeStatusFrequency: 1000,
        server: {
          address: '127.0.0.1',
          port: 0,
          certificate: new Held({ cert: this.file('server.crt'), key: this.file('server.key') }),
          clientCa: new Held(this.file('ca.crt')),
        },
      },
    });
  }

  /** As a kill would: nothing is said to anyone. */
  stop(): void {
    this.#abort.abort();
  }

  cleanUp(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  file(name: string): string {
    return readFileSync(join(this.#dir, name), 'utf8');
  }

  get tls(): { host: string; port: number; ca: string; cert: string; key: string; rejectUnauthorized: boolean } {
    const port = this.#kubelet?.port ?? 0;
    return {
      host: '127.0.0.1',
      port,
      ca: this.file('ca.crt'),
      cert: this.file('client.crt'),
      key: this.file('client.key'),
      rejectUnauthorized: false,
    };
  }

  /** A pod bound to the node. Its finalizer keeps it in the API while it ends, as the grace period does in a real one. */
  async create(name: string, container: Partial<Container>, spec: Partial<PodSpec> = {}): Promise<void> {
    const containers = [{ name: 'app', image: 't8s.local/busybox:1', imagePullPolicy: 'IfNotPresent', ...container }];
    await this.pods.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', finalizers: ['test.t8s/grace'] },
      spec: { nodeName: 'node-0', restartPolicy: 'Always', terminationGracePeriodSeconds: 2, containers, ...spec },
    });
  }

  /** Resolves with the pod when `is` holds; the failure shows its last status. */
  pod(name: string, is: (pod: Pod) => unknown, timeout = 15_000): Promise<Pod> {
    return eventually(async () => {
      const pod = await this.pods.get({ namespace: 'default', name });
      if (!is(pod)) throw new Error(`pod ${name} is ${JSON.stringify(pod.status)}`);
      return pod;
    }, timeout);
  }

  async events(pod: string): Promise<string[]> {
    const { items } = await this.client.resource(eventKind).list();
    return items.filter((e: CoreEvent) => e.involvedObject.name === pod).map((e) => `${e.type} ${e.reason} ${e.message}`);
  }

  /** GETs from the kubelet's server; `who` names a certificate, or nobody. */
  async get(path: string, who: 'client' | 'stranger' | 'nobody' = 'client'): Promise<{ status: number; body: string }> {
    const { cert: _, key: __, ...open } = this.tls;
    const identity = who === 'nobody' ? {} : { cert: this.file(`${who}.crt`), key: this.file(`${who}.key`) };
    return new Promise((resolve, reject) => {
      get({ ...open, ...identity, path, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      }).on('error', reject);
    });
  }
}

function makeCertificates(dir: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test', '-days', '1');
  for (const [name, subject] of [
    ['server', '/CN=node-0'],
    ['client', '/CN=kube-apiserver-kubelet-client'],
    ['stranger', '/CN=bob'],
  ] as const) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '1',
    );
  }
}

/** There is no authorizer behind the API in memory: certificates are told apart here. */
const onlyTheApiserver: Access = async ({ socket }) => {
  const client = socket as TLSSocket;
  if (!client.authorized) return { code: 401, message: 'Unauthorized' };
  return client.getPeerCertificate().subject.CN === 'bob' ? { code: 403, message: 'Forbidden' } : undefined;
};
