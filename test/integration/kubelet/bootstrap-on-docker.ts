/** Run by kubelet.test.ts in a network namespace of its own: a machine that has a bootstrap token and nothing else becomes a node, and stays one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { type CertificateSigningRequest, certificateSigningRequestKind, leaseKind, nodeKind, secretKind } from '@t8s/api';
import { createClient } from '@t8s/client';
import { loadConnection } from '@t8s/component';
import { isStatus } from '@t8s/meta';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from '../controller-manager.ts';
import { freePort } from '../harness.ts';
import { type Kubectl, kubectlOf } from '../kubectl-of.ts';
import { type KubeletLaunch, type NodeWithApi, startNodeWithApi } from './node-with-api.ts';

const program = resolve(import.meta.dirname, '../../../../services/kubelet/dist/main.js');
const kubeletPort = 10250;
/** Upstream backdates by five minutes, so that a renewal is due within a minute of the issue. */
const lifeSeconds = 100;

let node: NodeWithApi;
let manager: ControllerManager;
let kubectl: Kubectl;
let dir: string;
let output = '';

before(async () => {
  node = await startNodeWithApi(process.env['ROOT_FS'] ?? '', launch, ['--enable-bootstrap-token-auth']);
});
after(async () => {
  await manager.stop();
  await node.stop();
});

async function launch({ cluster, host, signal }: KubeletLaunch): Promise<void> {
  const { api, pki } = cluster;
  dir = join(pki.dir, 'machine');
  await mkdir(dir);
  kubectl = await kubectlOf(cluster);
  const signing = [`--cluster-signing-cert-file=${pki.file('ca.crt')}`, `--cluster-signing-key-file=${pki.file('ca.key')}`];
  const some = '--controllers=certificatesigningrequest-signing-controller,certificatesigningrequest-approving-controller';
  manager = await startControllerManager(cluster, [...signing, `--cluster-signing-duration=${lifeSeconds}s`, some]);
  const stringData = { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true' };
  const secret = { name: 'bootstrap-token-abcdef', namespace: 'kube-system' };
  await api.admin.resource(secretKind).create({ metadata: secret, type: 'bootstrap.kubernetes.io/token', stringData });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
    users: [{ name: 'u', user: { token: 'abcdef.0123456789abcdef' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(join(dir, 'bootstrap.conf'), JSON.stringify(config));
  const flags = {
    'bootstrap-kubeconfig': join(dir, 'bootstrap.conf'),
    kubeconfig: join(dir, 'kubelet.conf'),
    'cert-dir': join(dir, 'pki'),
    'rotate-certificates': 'true',
    'rotate-server-certificates': 'true',
    'hostname-override': 'node-0',
    'node-ip': '127.0.0.1',
    'root-dir': join(dir, 'kubelet'),
    'docker-endpoint': `unix://${host.socket}`,
    'client-ca-file': pki.file('ca.crt'),
    'cni-conf-dir': join(dir, 'no-net.d'),
    'pod-cidr': '10.244.252.0/24',
    'resolv-conf': '',
    port: kubeletPort,
    'healthz-port': await freePort(),
  };
  const kubelet = spawn(process.execPath, [program, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  kubelet.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  signal.addEventListener('abort', () => kubelet.kill('SIGTERM'));
  await eventually(async () => {
    const { status } = await api.admin.resource(nodeKind).get({ name: 'node-0' });
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'True', `${JSON.stringify(ready)}\n${output}`);
  }, 30_000);
}

const requests = async (signer: string): Promise<CertificateSigningRequest[]> => {
  const { items } = await node.cluster.api.admin.resource(certificateSigningRequestKind).list();
  return items.filter(({ spec }) => spec.signerName === `kubernetes.io/${signer}`);
};

const clientPem = (): Promise<string> => readFile(join(dir, 'pki/kubelet-client-current.pem'), 'utf8');

/** The serial number of what the kubelet's server shows, checked against the CA. */
async function servingSerial(): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: kubeletPort, ca: node.cluster.pki.ca });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('the token got the node its certificate and its kubeconfig, which name the node and no token', async () => {
  const all = await requests('kube-apiserver-client-kubelet');
  // A renewal may have come already.
  const first = all.find(({ spec }) => spec.username === 'system:bootstrap:abcdef');
  assert.equal(first?.status?.conditions?.[0]?.reason, 'AutoApproved');
  const written = await readFile(join(dir, 'kubelet.conf'), 'utf8');
  assert.doesNotMatch(written + output, /0123456789abcdef/);
  assert.match(written, /client-certificate: \S+\/pki\/kubelet-client-current\.pem/);
  assert.match(await readlink(join(dir, 'pki/kubelet-client-current.pem')), /kubelet-client-\d{4}(-\d\d){5}\.pem$/);
  assert.equal(new X509Certificate(await clientPem()).subject, 'O=system:nodes\nCN=system:node:node-0');
  const client = createClient({ connection: loadConnection(join(dir, 'kubelet.conf')), userAgent: 'test' });
  await assert.rejects(client.resource(secretKind).list(), (error) => isStatus(error, 'Forbidden'));
  assert.equal((await client.resource(nodeKind).get({ name: 'node-0' })).metadata.name, 'node-0');
});

test('its server has a certificate when somebody approves it, and both are renewed while a log streams', async () => {
  await assert.rejects(servingSerial(), 'nobody has approved it yet');
  const approve = async (): Promise<void> => {
    for (const { metadata, status } of await requests('kubelet-serving'))
      if (!status?.conditions) await kubectl(['certificate', 'approve', metadata.name ?? '']);
  };
  const [asked] = await eventually(async () => {
    const found = await requests('kubelet-serving');
    assert.ok(found.length > 0, output);
    return found;
  });
  assert.equal(asked?.spec.username, 'system:node:node-0');
  await approve();
  const serving = await eventually(servingSerial, 10_000);
  const client = new X509Certificate(await clientPem()).serialNumber;

  await node.run('counter', { command: ['sh', '-c', 'i=0; while true; do echo $i; i=$((i+1)); sleep 0.1; done'] });
  const following = spawn('kubectl', ['--kubeconfig', node.kubeconfig, 'logs', '-f', 'counter'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  following.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await eventually(async () => {
    await approve();
    assert.notEqual(new X509Certificate(await clientPem()).serialNumber, client, 'the client certificate is the first');
    assert.notEqual(await servingSerial(), serving, 'the serving certificate is the first');
  }, 120_000);
  const renewed = Date.now();
  assert.match(await kubectl(['exec', 'counter', '--', 'echo', 'hello']), /hello/);
  await eventually(async () => {
    const { spec } = await node.cluster.api.admin.resource(leaseKind).get({ namespace: 'kube-node-lease', name: 'node-0' });
    assert.ok(Date.parse(spec?.renewTime ?? '') > renewed);
  }, 20_000);
  const seen = log.length;
  await eventually(() => assert.ok(log.length > seen));
  assert.equal(following.exitCode, null, 'the stream is the one that began before');
  following.kill();
  const numbers = log.split('\n').slice(0, -1).map(Number);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => i),
    'without a gap',
  );
  const own = (await requests('kube-apiserver-client-kubelet')).map(({ spec }) => spec.username);
  assert.ok(own.includes('system:node:node-0'), 'the node has asked as itself');
});
