/** `t8s kubectl describe` beside a real kubectl, both against a real apiserver on a real etcd: the same text. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { kubectlProgram } from '../lab/kubectl-program.ts';
import { createDescribedObjects } from './described/create.ts';
import { type Cluster, startCluster } from './harness.ts';

/** The version whose text ours is. */
const release = '1.33';
const bundled = [process.execPath, resolve(import.meta.dirname, '../../../services/cli/dist/main.js'), 'kubectl'];

/** Where all versions agree. */
const common = [
  'secrets one-key builder-token',
  'endpoints web',
  'pods nope',
  'pods -A rich',
  'configmaps -A -l x=y',
  'pods,services plain',
];
const same = [
  'pods',
  'deployments,replicasets,daemonsets,services,endpointslices',
  'nodes,namespaces,serviceaccounts,priorityclasses,events',
  'configmaps one-key binary empty',
  'leases -A --show-events=false',
  'pods web-2',
  'pods rich nope neither',
  'pod/rich service/nope',
  'pods x -n gone',
];

let cluster: Cluster;
let kubeconfig: string;
before(async () => {
  cluster = await startCluster();
  const { pki, api } = cluster;
  kubeconfig = pki.file('admin.conf');
  const user = { 'client-certificate': pki.file('admin.crt'), 'client-key': pki.file('admin.key') };
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  await createDescribedObjects(api.admin);
});
after(() => cluster.stop());

test('the bundled client describes as kubectl does', async (t) => {
  const { program, version } = await realKubectl();
  const lines = version.startsWith(`v${release}.`) ? [...common, ...same] : common;
  for (const line of lines)
    await t.test(`${line} (${version})`, async () => {
      const args = ['--kubeconfig', kubeconfig, 'describe', ...line.split(' ')];
      const [theirs, ours] = await Promise.all([ran([program, ...args]), ran([...bundled, ...args])]);
      assert.equal(ours, theirs);
    });
});

interface Kubectl {
  program: string;
  version: string;
}

/** The kubectl on the PATH, or the `kubectl.1.33` beside it, as Google's SDK has them. */
async function realKubectl(): Promise<Kubectl> {
  const name = await kubectlProgram();
  const files = (process.env['PATH'] ?? '').split(':').map((dir) => join(dir, name));
  const onPath = files.find((file) => existsSync(file)) ?? name;
  const exact = existsSync(onPath) ? `${realpathSync(onPath)}.${release}` : '';
  const program = existsSync(exact) ? exact : onPath;
  const { out } = await execute([program, 'version', '--client', '--output=json']);
  return { program, version: (JSON.parse(out) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion };
}

/** What a command printed; where time runs, without it. */
async function ran(command: readonly string[]): Promise<string> {
  const { out, err, failed } = await execute(command);
  const timeless = out.replaceAll(/ \d+[ms]\d*s?$/gm, ' AGE').replaceAll(/\(lasts [^)]*\)/g, '(lasts AGE)');
  return `${timeless}${err}${failed ? 'failed' : ''}`;
}

function execute([program = '', ...args]: readonly string[]): Promise<{ out: string; err: string; failed: boolean }> {
  return new Promise((done) => {
    execFile(program, args, { timeout: 20_000 }, (error, out, err) => done({ out, err, failed: error !== null }));
  });
}
