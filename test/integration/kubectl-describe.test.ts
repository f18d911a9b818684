/** `t8s kubectl describe` beside a real kubectl, both against a real apiserver on a real etcd: the same text. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { createDescribedObjects } from './described/create.ts';
import { createOtherKinds, otherKinds } from './described/other-kinds.ts';
import { type Cluster, startCluster } from './harness.ts';
import { adminConfig } from './kubectl-of.ts';
import { execute, realKubectl, release } from './real-kubectl.ts';

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
  otherKinds,
  'limitranges,runtimeclasses',
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
  kubeconfig = cluster.pki.file('admin.conf');
  await writeFile(kubeconfig, adminConfig(cluster));
  await createDescribedObjects(cluster.api.admin);
  await createOtherKinds(cluster.api.admin);
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

/** What a command printed; where time runs, without it. */
async function ran(command: readonly string[]): Promise<string> {
  const { out, err, failed } = await execute(command);
  const timeless = out.replaceAll(/ \d+[ms]\d*s?$/gm, ' AGE').replaceAll(/\(lasts [^)]*\)/g, '(lasts AGE)');
  return `${timeless}${err}${failed ? 'failed' : ''}`;
}
