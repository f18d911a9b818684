/** The oldest and the newest real kubectl on the machine, with the same manifests: what they say, and what is stored. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { kubectlPrograms } from '../../lab/kubectl-program.ts';
import { type Cluster, startCluster } from '../harness.ts';
import { execute } from '../real-kubectl.ts';
import { documents } from './documents.ts';
import { manifests } from './manifests.ts';
import { includes, type Json, type Release, TwoReleases } from './two-releases.ts';

let cluster: Cluster;
let releases: readonly [Release, Release];
before(async () => {
  const found = await Promise.all((await kubectlPrograms()).map(released));
  found.sort((a, b) => minor(a) - minor(b));
  releases = [found[0], found.at(-1)] as [Release, Release];
  cluster = await startCluster();
});
after(() => cluster.stop());

async function released(program: string): Promise<Release> {
  const { out } = await execute([program, 'version', '--client', '--output=json']);
  return { program, version: (JSON.parse(out) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion };
}

const minor = ({ version }: Release): number => Number(version.split('.')[1]);

const both = ({ name }: TestContext): Promise<TwoReleases> =>
  TwoReleases.in(cluster, (name.split(':')[0] ?? '').replaceAll(/\W+/g, '-'), releases);

const web = '/apis/apps/v1/namespaces/$NS/deployments/web';
const settings = '/api/v1/namespaces/$NS/configmaps/settings';

/** `manager operation`, of each entry. */
const managers = ({ metadata }: Json): string[] =>
  ((metadata as { managedFields: { manager: string; operation: string }[] }).managedFields ?? []).map(
    ({ manager, operation }) => `${manager.replace(/\.1\.\d+$/, '')} ${operation}`,
  );

const lastApplied = ({ metadata }: Json): Json =>
  JSON.parse(
    (metadata as { annotations: Record<string, string> }).annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '',
  ) as Json;

test('create: kinds of all groups, with their defaults', async (t) => {
  const clients = await both(t);
  assert.equal(
    await clients.says('create -f -', { stdin: manifests.several }),
    [
      'service/web created',
      'cronjob.batch/nightly created',
      'ingress.networking.k8s.io/web created',
      'role.rbac.authorization.k8s.io/reader created',
      'poddisruptionbudget.policy/web created',
      'persistentvolumeclaim/data created\n',
    ].join('\n'),
  );
  const ports = [
    { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
    { name: 'more', port: 81, targetPort: 81 },
  ];
  const service = { ports, type: 'ClusterIP', sessionAffinity: 'None', ipFamilies: ['IPv4'] };
  includes(await clients.stored('/api/v1/namespaces/$NS/services/web'), { spec: service });
  const job = {
    schedule: '0 3 * * *',
    concurrencyPolicy: 'Allow',
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    suspend: false,
  };
  const pod = { restartPolicy: 'Never', containers: [{ imagePullPolicy: 'Always', terminationMessagePolicy: 'File' }] };
  includes(await clients.stored('/apis/batch/v1/namespaces/$NS/cronjobs/nightly'), {
    spec: { ...job, jobTemplate: { spec: { template: { spec: pod } } } },
  });
  includes(await clients.stored('/api/v1/namespaces/$NS/persistentvolumeclaims/data'), {
    spec: { resources: { requests: { storage: '1Gi' } }, volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  });
  assert.deepEqual(managers(await clients.stored('/apis/policy/v1/namespaces/$NS/poddisruptionbudgets/web')), ['kubectl-create Update']);
  assert.match(
    await clients.says('create -f -', { stdin: manifests.several, code: 1 }),
    /\(AlreadyExists\).*services "web" already exists/,
  );
});

test('apply: lists are merged by their keys, what is no longer said goes, what others said stays', async (t) => {
  const clients = await both(t);
  assert.equal(await clients.says('apply -f -', { stdin: manifests.web }), 'deployment.apps/web created\n');
  assert.equal(await clients.says('apply -f -', { stdin: manifests.web }), 'deployment.apps/web unchanged\n');
  const created = await clients.stored(web);
  includes(lastApplied(created), { metadata: { annotations: {}, name: 'web' }, spec: { replicas: 2 } });
  includes(created, { metadata: { generation: 1 }, spec: { progressDeadlineSeconds: 600, strategy: { type: 'RollingUpdate' } } });
  // Each apply misses what the server leaves out (kubernetes #114777).
  const withEmpty = manifests.web.replace('name: EMPTY', 'name: EMPTY, value: ""');
  for (let i = 0; i < 2; i++) assert.equal(await clients.says('apply -f -', { stdin: withEmpty }), 'deployment.apps/web configured\n');
  await clients.says('scale deploy/web --replicas=5');
  await clients.says('set env deploy/web -c main OTHER=x');
  assert.equal(await clients.says('apply -f -', { stdin: manifests.webChanged }), 'deployment.apps/web configured\n');
  const changed = await clients.stored(web);
  const env = [{ name: 'A', value: '1' }, { name: 'EMPTY' }, { name: 'OTHER', value: 'x' }];
  const resources = { limits: { cpu: '1', memory: '1Gi' } };
  includes(changed, { spec: { replicas: 1, template: { spec: { containers: [{ image: 'nginx:2', env, resources }] } } } });
  assert.equal((changed['spec'] as { template: { spec: Json } }).template.spec['volumes'], undefined);
  assert.equal(await clients.says('apply -f -', { stdin: manifests.settings }), 'configmap/settings created\nsecret/keys created\n');
  const data = { k: 'v', number: '1', text: 'two\nlines\n', true: 'on' };
  assert.deepEqual((await clients.stored(settings))['data'], data);
  assert.deepEqual((await clients.stored('/api/v1/namespaces/$NS/secrets/keys'))['data'], { password: 'c2VjcmV0', user: 'bWU=' });
  assert.equal(
    await clients.says('apply -f - --dry-run=server', { stdin: manifests.settingsChanged }),
    'configmap/settings configured (server dry run)\n',
  );
  assert.deepEqual((await clients.stored(settings))['data'], data);
  await clients.says('apply -f -', { stdin: manifests.settingsChanged });
  includes(await clients.stored(settings), { data: { k: 'w' }, metadata: { labels: undefined } });
});

/** An apply is compared with what is stored as it stands: no empty maps, quantities in canonical text. */
const asStored = (manifest: string): string => manifest.replace(', annotations: {}', '').replace('1000m', '"1"').replace('1024Mi', '1Gi');

test('apply --server-side: owners, conflicts, what an owner gives up', async (t) => {
  const clients = await both(t);
  const apply = (manager: string, stdin: string, code = 0, more = ''): Promise<string> =>
    clients.says(`apply --server-side --field-manager=${manager} ${more} -f -`, { stdin: asStored(stdin), code });
  assert.equal(await apply('first', manifests.web), 'deployment.apps/web serverside-applied\n');
  assert.equal(await apply('first', manifests.web), 'deployment.apps/web serverside-applied\n');
  assert.deepEqual(managers(await clients.stored(web)), ['first Apply']);
  assert.equal(
    await apply('second', manifests.webChanged, 1),
    `error: Apply failed with 1 conflict: conflict with "first": .spec.template.spec.containers[name="main"].image
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`,
  );
  await apply('second', manifests.webChanged, 0, '--force-conflicts');
  const shared = await clients.stored(web);
  assert.deepEqual(managers(shared), ['first Apply', 'second Apply']);
  includes(shared, { spec: { replicas: 2, template: { spec: { containers: [{ image: 'nginx:2' }, { name: 'side' }] } } } });
  await apply('first', manifests.webChanged);
  includes(await clients.stored(web), { spec: { replicas: 1, template: { spec: { containers: [{ name: 'main' }] } } } });
});

test('replace and the three patches', async (t) => {
  const clients = await both(t);
  await clients.says('create -f -', { stdin: manifests.web });
  await clients.says('annotate deploy web here=1');
  assert.equal(await clients.says('replace -f -', { stdin: manifests.webChanged }), 'deployment.apps/web replaced\n');
  includes(await clients.stored(web), { metadata: { annotations: undefined }, spec: { replicas: 1 } });
  const patch = (body: Json | Json[], more = '', code = 0): Promise<string> =>
    clients.says(`patch deploy web ${more} -p '${JSON.stringify(body)}'`, { code });
  const container = (more: Json): Json => ({ spec: { template: { spec: { containers: [{ name: 'main', ...more }] } } } });
  assert.equal(await patch(container({ image: 'nginx:3', env: [{ name: 'A', $patch: 'delete' }] })), 'deployment.apps/web patched\n');
  assert.equal(await patch(container({ image: 'nginx:3' })), 'deployment.apps/web patched (no change)\n');
  includes(await clients.stored(web), container({ image: 'nginx:3', env: [{ name: 'EMPTY' }], ports: [{ containerPort: 80 }] }));
  assert.equal(await patch({ spec: { replicas: 7, paused: true } }, '--type=merge'), 'deployment.apps/web patched\n');
  assert.equal(await patch({ spec: { paused: null } }, '--type=merge'), 'deployment.apps/web patched\n');
  includes(await clients.stored(web), { spec: { replicas: 7, paused: undefined } });
  assert.match(await patch(container({}), '--type=merge', 1), /is invalid:[\s\S]*containers\[0\]\.image: Required value/);
  const replicas = { op: 'test', path: '/spec/replicas', value: 7 };
  assert.equal(await patch([replicas, { ...replicas, op: 'replace', value: 8 }], '--type=json'), 'deployment.apps/web patched\n');
  assert.match(
    await patch([replicas], '--type=json', 1),
    /^The request is invalid: the server rejected our request due to an error in our request/,
  );
  assert.equal(await patch({ spec: { replicas: 9 } }, '--type=merge --subresource=scale'), 'scale.autoscaling/web patched\n');
  includes(await clients.stored(web), { spec: { replicas: 9 } });
  assert.match(await patch({ spec: { replicas: -1 } }, '', 1), /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/);
});

test('edit, diff, explain', async (t) => {
  const clients = await both(t);
  await clients.says('create -f -', { stdin: manifests.settings.replace('k: v', 'k: plain') });
  assert.equal(await clients.says('edit cm settings'), 'configmap/settings edited\n');
  assert.equal(await clients.says('edit cm settings'), 'Edit cancelled, no changes made.\n');
  includes(await clients.stored(settings), { data: { k: 'edited', number: '1' } });
  const diff = await clients.says('diff -f -', { stdin: manifests.settingsChanged, code: 1 });
  assert.match(diff, /\n- {2}k: edited\n\+ {2}k: w\n/);
  assert.equal(await clients.says('diff --server-side -f -', { stdin: manifests.settings.replace('k: v', 'k: edited') }), '');
  const about = await clients.says('explain deployment.spec.strategy');
  assert.match(
    about,
    /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: strategy <DeploymentStrategy>\n[\s\S]*FIELDS:\n {2}rollingUpdate\t<RollingUpdateDeployment>/,
  );
  assert.match(
    await clients.says('explain pods --recursive'),
    /\n {6}readinessProbe\t<Probe>\n {8}exec\t<ExecAction>\n {10}command\t<\[\]string>\n/,
  );
  assert.match(await clients.says('explain pods.spec.nope', { code: 1 }), /error: field "nope" does not exist\n$/);
});

test('label, annotate, wait', async (t) => {
  const clients = await both(t);
  await clients.says('create -f -', { stdin: manifests.pod });
  assert.equal(await clients.says('label pod p tier=front'), 'pod/p labeled\n');
  assert.match(
    await clients.says('label pod p tier=back', { code: 1 }),
    /^error: 'tier' already has a value \(front\), and --overwrite is false/,
  );
  assert.equal(await clients.says('label pod p tier=back --overwrite'), 'pod/p labeled\n');
  assert.equal(await clients.says('label pod p app-'), 'pod/p unlabeled\n');
  assert.equal(await clients.says('annotate pod p note="a b"'), 'pod/p annotated\n');
  includes(await clients.stored('/api/v1/namespaces/$NS/pods/p'), {
    metadata: { labels: { tier: 'back', app: undefined }, annotations: { note: 'a b' } },
  });
  assert.equal(await clients.says('wait pod/p --for=jsonpath={.status.phase}=Pending'), 'pod/p condition met\n');
  assert.equal(
    await clients.says('wait pod/p --for=condition=Ready --timeout=1s', { code: 1 }),
    'error: timed out waiting for the condition on pods/p\n',
  );
  const ready = [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }];
  await clients.says(`patch pod p --subresource=status --type=merge -p '${JSON.stringify({ status: { conditions: ready } })}'`);
  assert.equal(await clients.says('wait pod/p --for=condition=Ready'), 'pod/p condition met\n');
  assert.match(await clients.says('delete pod p --force'), /^pod "p" force deleted\nWarning: Immediate deletion does not wait/);
  assert.equal(await clients.says('wait pod/p --for=delete --timeout=5s'), '');
});

test('get: all formats of output', async (t) => {
  const clients = await both(t);
  await clients.says('apply -f -', { stdin: manifests.web });
  const line = async (format: string): Promise<string> => clients.says(`get deploy web -o ${format}`);
  assert.match(await clients.says('get deploy'), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2 +0 +0 +AGE *\n$/);
  assert.match(await line('wide'), /CONTAINERS +IMAGES +SELECTOR\n.* main,side +nginx:1,busybox +app=web\n$/);
  assert.match(await clients.says('get deploy --show-labels -L app'), / APP +LABELS\n.* web +app=web\n$/);
  includes(JSON.parse(await line('json')), { kind: 'Deployment', metadata: { managedFields: undefined }, spec: { replicas: 2 } });
  includes(JSON.parse(await line('json --show-managed-fields')), { metadata: { managedFields: [{ operation: 'Update' }] } });
  assert.match(await line('yaml'), /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}annotations:\n[\s\S]*\nstatus: \{\}\n$/);
  assert.equal(await line('name'), 'deployment.apps/web\n');
  assert.equal(await line(`jsonpath='{range .spec.template.spec.containers[*]}{.name}={.image},{end}'`), 'main=nginx:1,side=busybox,');
  assert.deepEqual(JSON.parse(await line('jsonpath-as-json={.spec.replicas}')), [2]);
  assert.equal(await line(`go-template='{{range .spec.template.spec.containers}}{{.name}} {{end}}'`), 'main side ');
  assert.equal(await line('custom-columns=NAME:.metadata.name,NONE:.nope'), 'NAME   NONE\nweb    <none>\n');
  assert.match(await clients.says('get deploy,svc nope', { code: 1 }), /deployments\.apps "nope" not found\n.*services "nope" not found/);
  assert.equal(await clients.says('get cm -l none=here'), 'No resources found in NAMESPACE namespace.\n');
  assert.match(
    await clients.says('get deploy nope', { code: 1 }),
    /^Error from server \(NotFound\): deployments\.apps "nope" not found\n$/,
  );
  assert.equal(await clients.says('get deploy --sort-by=.metadata.name --no-headers -o custom-columns=N:.metadata.name'), 'web\n');
});

test('custom: a kind of its own', async (t) => {
  const clients = await both(t);
  await cluster.api.admin.request({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    headers: { 'content-type': 'application/yaml' },
    body: manifests.definition,
  });
  await clients.says('wait crd/crontabs.stable.example.com --for=condition=Established');
  const path = '/apis/stable.example.com/v1/namespaces/$NS/crontabs/mine';
  assert.equal(await clients.says('apply -f -', { stdin: manifests.cronTab }), 'crontab.stable.example.com/mine created\n');
  includes(await clients.stored(path), { metadata: { generation: 1 }, spec: { image: 'busybox', replicas: 2 } });
  assert.equal(await clients.says('apply -f -', { stdin: manifests.cronTabChanged }), 'crontab.stable.example.com/mine configured\n');
  includes(await clients.stored(path), { metadata: { generation: 2 }, spec: { cronSpec: '0 * * * *', replicas: undefined } });
  assert.match(await clients.says('get ct'), /^NAME +SPEC\nmine +0 \* \* \* \*\n$/);
  assert.equal(await clients.says(`patch ct mine --type=merge -p '{"spec":{"image":"x"}}'`), 'crontab.stable.example.com/mine patched\n');
  assert.match(
    await clients.says(`patch ct mine -p '{}'`, { code: 1 }),
    /the body of the request was in an unknown format - accepted media types include: /,
  );
  assert.equal(
    await clients.says('apply --server-side --force-conflicts -f -', { stdin: manifests.cronTab }),
    'crontab.stable.example.com/mine serverside-applied\n',
  );
  includes(await clients.stored(path), { spec: { cronSpec: '* * * * */5', image: 'x', replicas: 2 } });
  assert.match(await clients.says('explain crontab.spec.cronSpec'), /FIELD: cronSpec <string>/);
  assert.equal(await clients.says('delete ct --all'), 'crontab.stable.example.com "mine" deleted\n');
});

test('auth: what one may do, and roles brought to what a file says', async (t) => {
  const clients = await both(t);
  assert.equal(await clients.says('auth can-i list pods --as jane', { code: 1 }), 'no\n');
  assert.equal(
    await clients.says('auth reconcile -f -', { stdin: documents.roles ?? '' }),
    [
      'role.rbac.authorization.k8s.io/reader reconciled',
      'rolebinding.rbac.authorization.k8s.io/reader reconciled',
      '\treconciliation required create',
      '\tmissing rules added:',
      '\t\t{Verbs:[get list] APIGroups:[] Resources:[pods secrets] ResourceNames:[] NonResourceURLs:[]}',
      '\t\t{Verbs:[delete] APIGroups:[] Resources:[secrets] ResourceNames:[x] NonResourceURLs:[]}',
      '\treconciliation required create',
      '\tmissing subjects added:',
      '\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}',
      '\t\t{Kind:ServiceAccount APIGroup: Name:jane Namespace:default}\n',
    ].join('\n'),
  );
  assert.equal(await clients.says('auth can-i list pods --as jane'), 'yes\n');
  assert.equal(await clients.says('auth can-i delete secrets/x --as jane'), 'yes\n');
  assert.equal(await clients.says('auth can-i delete secrets --as jane', { code: 1 }), 'no\n');
  assert.deepEqual(
    (await clients.says('auth can-i --list --as jane --no-headers'))
      .split('\n')
      .slice(0, 4)
      .map((line) => line.split(/ {2,}/)),
    [
      ['selfsubjectreviews.authentication.k8s.io', '[]', '[]', '[create]'],
      ['selfsubjectaccessreviews.authorization.k8s.io', '[]', '[]', '[create]'],
      ['selfsubjectrulesreviews.authorization.k8s.io', '[]', '[]', '[create]'],
      ['secrets', '[]', '[x]', '[delete]'],
    ],
  );
  assert.match(
    await clients.says('auth reconcile -f - --remove-extra-permissions', { stdin: documents.otherRoles ?? '' }),
    /extra rules removed:\n/,
  );
  assert.equal(await clients.says('auth can-i get secrets --as joe', { code: 1 }), 'no\n');
});
