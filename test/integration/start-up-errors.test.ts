/** Files that a process can not start with: it ends at once, and tells the flag, the file, the field and what is wrong with it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { apiserverFlags } from './harness.ts';
import { createPki, type Pki } from './pki.ts';

let dir: string;
let pki: Pki;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 't8s-start-'));
  pki = await createPki(dir);
  const files = {
    empty: '',
    nonsense: 'nonsense',
    'broken.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'broken.key': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    'tokens.csv': 'token,user\n',
    'quotes.csv': 'token,user,uid,"a\n',
    'no-yaml': 'a: [',
    'wrong-type.yaml': 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: x\n',
    'wrong-kind.yaml': 'apiVersion: v1\nkind: Pod\n',
    'kubeconfig-list': 'clusters: x\n',
    'kubeconfig-server':
      'current-context: c\nclusters: [{name: c, cluster: {server: "h:1"}}]\ncontexts: [{name: c, context: {cluster: c, user: c}}]\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
});
after(() => rm(dir, { recursive: true }));

/** What the process says, and how it ends. */
function start(service: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  const program = resolve(import.meta.dirname, `../../../services/${service}/dist/main.js`);
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, ...args], { timeout: 20_000 }, (_, __, stderr) =>
      done({ code: child.exitCode ?? -1, said: stderr.trim() }),
    );
  });
}

/** All at once would be no quicker: two of them at a time. */
async function check(cases: readonly [args: string, message: RegExp][], run: (args: string[]) => ReturnType<typeof start>): Promise<void> {
  const left = [...cases];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [args, message] = next;
      const { code, said } = await run(args.split(' ').map((arg) => arg.replace('=@', `=${dir}/`)));
      assert.match(said, message, args);
      assert.equal(code, 2, args);
      assert.doesNotMatch(said, /^\s+at /m, args);
    }
  };
  await Promise.all([work(), work()]);
}

test('the apiserver', () =>
  check(
    [
      ['--client-ca-file=@none', /: --client-ca-file: cannot read \S+\/none: ENOENT$/],
      ['--client-ca-file=@', /: --client-ca-file: cannot read \S+: EISDIR$/],
      ['--client-ca-file=@nonsense', /: --client-ca-file: \S+\/nonsense: data does not contain any valid RSA or ECDSA certificates$/],
      ['--requestheader-client-ca-file=@broken.crt', /: --requestheader-client-ca-file: \S+broken\.crt: not a certificate: /],
      ['--tls-cert-file=@sa.key', /: --tls-cert-file: \S+sa\.key: data does not contain/],
      ['--tls-private-key-file=@sa.key', /: --tls-private-key-file: \S+sa\.key: no key of \S+apiserver\.crt: /],
      ['--tls-private-key-file=@broken.key', /: --tls-private-key-file: \S+broken\.key: no key of /],
      ['--etcd-cafile=@empty', /: --etcd-cafile: \S+empty: data does not contain/],
      ['--etcd-certfile=@apiserver.crt', /: --etcd-certfile and --etcd-keyfile go together$/],
      ['--kubelet-client-key=@sa.key', /: --kubelet-client-key: \S+sa\.key: no key of \S+apiserver-kubelet-client\.crt: /],
      ['--proxy-client-cert-file=@broken.crt', /: --proxy-client-cert-file: \S+broken\.crt: not a certificate: /],
      [
        '--service-account-key-file=@nonsense',
        /: --service-account-key-file: \S+nonsense: data does not contain any valid RSA or ECDSA public/,
      ],
      ['--service-account-signing-key-file=@sa.pub', /: --service-account-signing-key-file: \S+sa\.pub: data does not contain a valid/],
      ['--service-account-issuer=http://:x', /: --service-account-issuer: 'http:\/\/:x' contains a ':' but is no URL$/],
      ['--service-account-issuer=a --service-account-issuer=a', /: --service-account-issuer: 'a' is given twice$/],
      ['--service-account-jwks-uri=http://h', /: --service-account-jwks-uri: 'http:\/\/h' is no https URL$/],
      ['--service-account-max-token-expiration=59m', /: --service-account-max-token-expiration: must be between 1h and/],
      ['--token-auth-file=@tokens.csv', /: --token-auth-file: \S+tokens\.csv: line 1: must have at least 3 columns/],
      ['--token-auth-file=@quotes.csv', /: --token-auth-file: \S+quotes\.csv: line 1: extraneous or missing "/],
      ['--admission-control-config-file=@no-yaml', /: --admission-control-config-file: \S+no-yaml: /],
      ['--admission-control-config-file=@wrong-type.yaml', /: --admission-control-config-file: \S+wrong-type\.yaml: plugins: /],
      [
        '--admission-control-config-file=@wrong-kind.yaml',
        /: --admission-control-config-file: \S+wrong-kind\.yaml: kind: Unsupported value/,
      ],
      ['--enable-admission-plugins=None', /None/],
      ['--service-cluster-ip-range=10.0.0.0', /: --service-cluster-ip-range: /],
      ['--secure-port=x', /: --secure-port wants a number, not 'x'$/],
      ['--no-such-flag=1', /'--no-such-flag'/],
    ],
    (args) => start('apiserver', [...apiserverFlags({ port: 1, endpoint: 'https://127.0.0.1:1', pki }), ...args]),
  ));

for (const [service, more] of Object.entries({
  'controller-manager': '',
  scheduler: '',
  'kube-proxy': '',
  dns: '',
  kubelet: ' --client-ca-file=@ca.crt --node-ip=192.0.2.1',
}))
  test(`the ${service}`, () =>
    check(
      [
        [`--kubeconfig=@none${more}`, /: cannot read kubeconfig \S+\/none: ENOENT$/],
        [`--kubeconfig=@no-yaml${more}`, /: kubeconfig \S+\/no-yaml is not YAML: /],
        [`--kubeconfig=@kubeconfig-list${more}`, /: kubeconfig \S+\/kubeconfig-list: clusters must be a list$/],
        [`--kubeconfig=@kubeconfig-server${more}`, /: kubeconfig \S+\/kubeconfig-server: server: 'h:1' is no http or https URL$/],
      ],
      (args) => start(service, args),
    ));

test('files of the controller manager, the scheduler and the kubelet', async () => {
  await check(
    [
      ['--root-ca-file=@nonsense', /: --root-ca-file: \S+nonsense: data does not contain/],
      ['--service-account-private-key-file=@sa.pub', /: --service-account-private-key-file: \S+sa\.pub: data does not contain a valid/],
      ['--cluster-signing-key-file=@broken.key', /: --cluster-signing-key-file: \S+broken\.key: not a private key: /],
    ],
    (args) => start('controller-manager', ['--kubeconfig=x', ...args]),
  );
  await check(
    [
      ['--config=@no-yaml', /no-yaml/],
      ['--config=@wrong-kind.yaml', /wrong-kind\.yaml/],
    ],
    (args) => start('scheduler', args),
  );
  await check(
    [
      ['--client-ca-file=@nonsense', /: --client-ca-file: \S+nonsense: data does not contain/],
      ['--client-ca-file=@none', /: --client-ca-file: cannot read \S+none: ENOENT$/],
    ],
    (args) => start('kubelet', ['--kubeconfig=x', ...args]),
  );
});
