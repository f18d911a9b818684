/** Run by kubelet.test.ts in a network namespace of its own: secrets of every kind go through every process, and none of them is in any log. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type PodSpec, podKind, secretKind, serviceAccountKind, tokenReviewKind } from '@t8s/api';
import { createSigningKey } from '@t8s/auth';
import { requestToken } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { type Component, startComponent } from '../component.ts';
import { adminConfig, type Kubectl, kubectlOf } from '../kubectl-of.ts';
import { rawClient } from '../raw.ts';
import { type NodeWithApi, startNodeWithApi } from './node-with-api.ts';

const loudest = '-v=10';
/** What must not be found, by what it is. */
const canaries = new Map<string, string>();
const canary = (what: string, value = `canary${randomBytes(9).toString('hex')}`): string => {
  canaries.set(what, value);
  return value;
};

/** What nobody can make of a token. */
function signature(token: string): string {
  const [, found] = /^[\w-]+\.[\w-]+\.([\w-]{40,})$/.exec(token.trim()) ?? [];
  assert.ok(found, 'no token');
  return found;
}

let node: NodeWithApi;
let kubectl: Kubectl;
const components: Component[] = [];
before(async () => {
  const staticToken = canary('a static token');
  const tokens = `/tmp/t8s-canary-${process.pid}.csv`;
  await writeFile(tokens, `${staticToken},system:admin,1,"system:masters"\n`, { mode: 0o600 });
  node = await startNodeWithApi(
    process.env['ROOT_FS'] ?? '',
    async ({ cluster, host }) => {
      const { pki } = cluster;
      const config = JSON.parse(adminConfig(cluster)) as object;
      await writeFile(pki.file('token.conf'), JSON.stringify({ ...config, users: [{ name: 'u', user: { token: staticToken } }] }));
      const kubeconfig = `--kubeconfig=${pki.file('token.conf')}`;
      const keys = [`--service-account-private-key-file=${pki.file('sa.key')}`, `--root-ca-file=${pki.file('ca.crt')}`];
      const machine = {
        'hostname-override': 'node-0',
        'node-ip': '127.0.0.1',
        'root-dir': `${pki.dir}/kubelet`,
        'cert-dir': `${pki.dir}/kubelet-pki`,
        'docker-endpoint': `unix://${host.socket}`,
        'client-ca-file': pki.file('ca.crt'),
        'tls-cert-file': pki.file('apiserver.crt'),
        'tls-private-key-file': pki.file('apiserver.key'),
        'cni-conf-dir': `${pki.dir}/no-net.d`,
        'pod-cidr': '10.244.253.0/24',
        'resolv-conf': '',
      };
      const flags = Object.entries(machine).map(([name, value]) => `--${name}=${value}`);
      components.push(
        await startComponent(cluster, 'controller-manager', [loudest, kubeconfig, '--controllers=*,token-cleaner-controller', ...keys]),
        await startComponent(cluster, 'scheduler', [loudest, kubeconfig]),
        await startComponent(cluster, 'kubelet', [loudest, kubeconfig, ...flags]),
      );
    },
    [loudest, `--token-auth-file=${tokens}`, '--enable-bootstrap-token-auth'],
  );
  kubectl = await kubectlOf(node.cluster);
});
after(async () => {
  for (const component of components) await component.stop();
  await node.stop();
});

test('secrets in objects, bodies that are broken, and patches', async () => {
  const { admin } = node.cluster.api;
  const secrets = admin.resource(secretKind);
  const { privateKey } = await createSigningKey();
  canary('a private key', privateKey.split('\n')[1] ?? '');
  const stringData = { password: canary('data of a secret'), 'tls.key': privateKey };
  await secrets.create({ metadata: { name: 'app', namespace: 'default' }, stringData });
  await kubectl(['patch', 'secret', 'app', '-p', JSON.stringify({ stringData: { more: canary('a patch') } })]);
  const applied = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'applied' }, stringData: { a: canary('what kubectl applies') } };
  await kubectl(['apply', '-f', '-'], JSON.stringify(applied));
  const registry = { auths: { 'none.invalid': { username: 'u', password: canary('a password of a registry') } } };
  const type = 'kubernetes.io/dockerconfigjson';
  await secrets.create({
    metadata: { name: 'pull', namespace: 'default' },
    type,
    stringData: { '.dockerconfigjson': JSON.stringify(registry) },
  });
  const token = { 'token-id': 'abcdef', 'token-secret': canary('a bootstrap token').slice(-16), expiration: '2020-01-01T00:00:00Z' };
  canaries.set('a bootstrap token', token['token-secret']);
  const bootstrap = { metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' }, type: 'bootstrap.kubernetes.io/token' };
  await secrets.create({ ...bootstrap, stringData: token });
  const ask = rawClient(node.cluster.api.connection);
  const path = '/api/v1/namespaces/default/secrets';
  const bad = canary('a body that is refused');
  for (const body of [`{"data": {"${bad}`, `{"metadata":{"name":"x"},"data":{"a":"${bad}!"}}`, `{"data":"${bad}"}`, `${bad}: [`])
    for (const type of ['application/json', 'application/yaml'])
      assert.ok((await ask({ method: 'POST', path, body, headers: { 'content-type': type } })).code >= 400);
  assert.equal(
    (await ask({ method: 'PUT', path: `${path}/app`, body: { metadata: { name: 'app', resourceVersion: '1' }, data: { a: btoa(bad) } } }))
      .code,
    409,
  );
  ask.close();
});

test('tokens: issued, of secrets, presented, asked about, wrong', async () => {
  const { admin, url } = node.cluster.api;
  const issued = await requestToken(admin, { namespace: 'default', name: 'default' }, { audiences: [] });
  canary('an issued token', signature(issued.token));
  await admin.resource(serviceAccountKind).create({ metadata: { name: 'robot', namespace: 'default' } });
  const annotations = { 'kubernetes.io/service-account.name': 'robot' };
  const type = 'kubernetes.io/service-account-token';
  await admin.resource(secretKind).create({ metadata: { name: 'robot-token', namespace: 'default', annotations }, type });
  const described = await eventually(async () => {
    const text = await kubectl(['describe', 'secret', 'robot-token']);
    assert.match(text, /^token: {6}ey/m, `${text}\n${components[0]?.output()}`);
    return text;
  }, 20_000);
  assert.match(
    described,
    /^Name: {9}robot-token\nNamespace: {4}default\nLabels: {7}<none>\nAnnotations: {2}kubernetes\.io\/service-account\.name: robot\n {14}kubernetes\.io\/service-account\.uid: [\da-f-]{36}\n\nType: {2}kubernetes\.io\/service-account-token\n\nData\n====\n/,
  );
  // In the order of Go's maps.
  for (const line of [/^ca\.crt: {5}\d+ bytes$/m, /^namespace: {2}7 bytes$/m]) assert.match(described, line);
  const legacy = /^token: {6}(\S+)/m.exec(described)?.[1] ?? '';
  canary('the token of a secret', signature(legacy));
  const ask = rawClient({ server: url, ca: node.cluster.pki.ca });
  const wrong = canary('a wrong token');
  for (const [authorization, code] of [
    [`Bearer ${issued.token}`, 403],
    [`Bearer ${legacy}`, 403],
    [`Bearer ${wrong}`, 401],
    [`Bearer ${issued.token.slice(0, -40)}`, 401],
    [`Basic ${btoa(`admin:${canary('a password')}`)}`, 401],
    [`${wrong}`, 401],
  ] as const)
    assert.equal((await ask({ path: `/api/v1/nodes?token=${wrong}`, headers: { authorization } })).code, code);
  ask.close();
  for (const token of [wrong, legacy]) await admin.resource(tokenReviewKind).create({ metadata: {}, spec: { token } });
  const kubelet = rawClient({ server: 'https://127.0.0.1:10250', ca: node.cluster.pki.ca });
  assert.equal((await kubelet({ path: '/pods', headers: { authorization: `Bearer ${wrong}` } })).code, 401);
  assert.equal((await kubelet({ path: '/pods', headers: { authorization: `Bearer ${legacy}` } })).code, 403);
  kubelet.close();
});

test('what goes into containers, and commands in them', async () => {
  const command = ['sh', '-c', `sleep 1000 # ${canary('an argument of a container')}`];
  const env = [
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'app', key: 'password' } } },
    { name: 'PLAIN', value: canary('a variable of a container') },
  ];
  const probe = { exec: { command: ['sh', '-c', `echo ${canary('what a probe prints')}; exit 1`] } };
  const volumes: NonNullable<PodSpec['volumes']> = [{ name: 'v', secret: { secretName: 'app' } }];
  const container = {
    command,
    env,
    livenessProbe: { ...probe, failureThreshold: 1000, periodSeconds: 1 },
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
  };
  await node.run('app', container, { volumes, automountServiceAccountToken: true, nodeName: '' });
  canary(
    'the token of a pod',
    signature(await kubectl(['exec', 'app', '--', 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'])),
  );
  assert.match(await kubectl(['exec', 'app', '--', 'sh', '-c', `echo ${canary('an argument of exec')} $PASSWORD`]), /canary\w+ canary/);
  assert.match(await kubectl(['exec', '-i', 'app', '--', 'cat'], canary('what goes into a command')), /canary/);
  await assert.rejects(kubectl(['exec', 'app', '--', 'no-such-command', canary('an argument of a command that is not there')]));
  const pods = node.cluster.api.admin.resource(podKind);
  const failing = { name: 'app', image: 't8s.local/busybox:1', command: ['no-such-command', canary('an argument of what can not start')] };
  const pulling = { name: 'app', image: 'none.invalid/x:1' };
  const make = (name: string, spec: PodSpec): Promise<unknown> => pods.create({ metadata: { name, namespace: 'default' }, spec });
  await make('failing', { containers: [failing] });
  await make('pulling', { containers: [pulling], imagePullSecrets: [{ name: 'pull' }] });
  const waiting = async (name: string): Promise<string | undefined> =>
    (await pods.get({ namespace: 'default', name })).status?.containerStatuses?.[0]?.state?.waiting?.reason;
  await eventually(async () => assert.match((await waiting('failing')) ?? '', /RunContainerError|CrashLoopBackOff/), 20_000);
  await eventually(async () => assert.match((await waiting('pulling')) ?? '', /ErrImagePull|ImagePullBackOff/), 20_000);
  await kubectl(['delete', 'pod', '--all', '--now']);
  await kubectl(['delete', 'secret', '--all']);
});

test('none of them is in any log', async () => {
  canary('the key that signs tokens', (await readFile(node.cluster.pki.file('sa.key'), 'utf8')).split('\n')[1]);
  canary('the key of the administrator', (await readFile(node.cluster.pki.file('admin.key'), 'utf8')).split('\n')[1]);
  const [manager = '', scheduler = '', kubelet = ''] = components.map((component) => component.output());
  const logs = { apiserver: node.cluster.api.output(), 'controller-manager': manager, scheduler, kubelet };
  assert.match(logs.apiserver, /"path":"\/api\/v1\/namespaces\/default\/secrets\/app"/, 'the log is as loud as it should be');
  for (const [name, log] of Object.entries(logs)) {
    assert.match(log, /"component":"/, `the ${name} has a log`);
    for (const [what, value] of canaries) {
      assert.ok(value.length >= 16, what);
      const forms = [value, encodeURIComponent(value), ...[0, 1, 2].map((i) => base64Of(value, i))];
      for (const form of forms) {
        const at = log.indexOf(form);
        assert.ok(at < 0, `${what} is in the log of the ${name}: …${log.slice(Math.max(0, at - 600), at + 200)}…`);
      }
    }
  }
});

/** What of a text is the same in base64 wherever it stands, after `before` bytes (of every three). */
function base64Of(text: string, before: number): string {
  const whole = Buffer.from(' '.repeat(before) + text).toString('base64');
  return whole.slice(before === 0 ? 0 : 4, -4);
}
