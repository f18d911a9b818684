/** A cluster of three hosts, from `t8s up --demo` to `t8s down --purge`, driven as a person drives it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@t8s/testkit';
import { type Client, ClusterUnderTest } from '../lab/cluster-under-test.ts';
import { type Outcome, run } from '../lab/command.ts';
import { fetchText } from '../lab/fetch-text.ts';
import { kill } from '../lab/kill.ts';
import { changes, type MachineState, machineState } from '../lab/machine-state.ts';
import { reboot } from '../lab/reboot.ts';

const cluster = new ClusterUnderTest();
const nodes = ['node-0', 'node-1', 'node-2'];
const clients: Client[] = ['kubectl', 'bundled'];
let untouched: MachineState;
let rules: string;
let shown: string;

describe('three hosts', () => {
  before(async () => {
    untouched = await machineState();
    rules = await run('iptables-save', []);
    shown = await cluster.up('--nodes', '3', '--demo');
  });
  after(async () => {
    await cluster.down('--purge');
    cluster.removeHome();
  });

  test('the demo answers at its URL, from pods on different nodes', async () => {
    const url = /^ {2}curl (http:\S+)$/m.exec(shown)?.[1];
    assert.ok(url, shown);
    const answers = new Set<string>();
    await eventually(async () => {
      answers.add(await fetchText(url));
      const pods = new Set([...answers].map((text) => /^Hello from (\S+) on node-\d$/m.exec(text)?.[1]));
      const hosts = new Set([...answers].map((text) => / on (\S+)/.exec(text)?.[1]));
      assert.ok(pods.size > 1 && hosts.size > 1 && !pods.has(undefined), [...answers].join());
    }, 30_000);
    for (const node of await cluster.words('{.items[*].status.addresses[?(@.type=="InternalIP")].address}', 'nodes'))
      assert.match(await fetchText(url.replace('10.89.0.1', node)), /^Hello from/, `through ${node}`);
  });

  test('nodes and pods are shown as upstream shows them', async () => {
    const rows = (await cluster.kubectl('get', 'nodes')).trimEnd().split('\n');
    assert.match(rows[0] ?? '', /^NAME +STATUS +ROLES +AGE +VERSION$/);
    assert.match(rows[1] ?? '', /^node-0 +Ready +control-plane +\d+s +v1\.34\.\d+\+t8s\.\d+$/);
    assert.match(rows[3] ?? '', /^node-2 +Ready +<none> +\d+s +v1\.34/);
    const pods = (await cluster.kubectl('get', 'pods', '-A', '-o', 'wide')).trimEnd().split('\n');
    assert.match(pods[0] ?? '', /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/);
    for (const row of pods.slice(1)) assert.match(row, / 1\/1 +Running +0 +\d+s +10\.244\.\d\.\d+ +node-\d +<none> +<none>$/);
    assert.equal(pods.length, 8, pods.join('\n'));
  });

  for (const client of clients)
    test(`a deployment's life, by ${client}`, async () => {
      const name = `web-${client}`;
      const say = (...args: string[]): Promise<string> => cluster.client(client, args, { timeout: 90_000 });
      assert.equal(await say('create', 'deployment', name, '--image=t8s.local/hello:1'), `deployment.apps/${name} created\n`);
      assert.match(await say('rollout', 'status', `deployment/${name}`), new RegExp(`^deployment "${name}" successfully rolled out$`, 'm'));
      assert.equal(await say('expose', 'deployment', name, '--port=80', '--target-port=8080'), `service/${name} exposed\n`);
      const address = (await say('get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}')).trim();
      await eventually(async () => assert.match(await fetchText(`http://${address}`), /^Hello from web/), 20_000);
      assert.equal(await say('scale', 'deployment', name, '--replicas=3'), `deployment.apps/${name} scaled\n`);
      await say('rollout', 'status', `deployment/${name}`);
      assert.match(await say('get', 'deployment', name), new RegExp(`^${name} +3/3 +3 +3 +\\d+s$`, 'm'));
      assert.equal(await say('set', 'image', `deployment/${name}`, 'hello=t8s.local/pause:1'), `deployment.apps/${name} image updated\n`);
      assert.match(await say('rollout', 'status', `deployment/${name}`), /successfully rolled out/);
      assert.equal((await say('rollout', 'history', `deployment/${name}`)).split('\n')[0], `deployment.apps/${name} `);
      assert.equal(await say('rollout', 'undo', `deployment/${name}`), `deployment.apps/${name} rolled back\n`);
      await say('rollout', 'status', `deployment/${name}`);
      const image = '{.spec.template.spec.containers[0].image}';
      assert.equal((await say('get', 'deployment', name, '-o', `jsonpath=${image}`)).trim(), 't8s.local/hello:1');
      assert.match(await say('logs', `deployment/${name}`), /listening/i);
      const pod = (await cluster.words('{.items[0].metadata.name}', 'pods', '-l', `app=${name}`))[0] ?? '';
      assert.equal((await say('exec', pod, '--', 'node', '-p', '6 * 7')).trim(), '42');
      const failed = await cluster.attempt(client, ['exec', pod, '--', 'node', '-e', 'process.exit(3)']);
      assert.deepEqual([failed.code, failed.stderr.trim()], [3, 'command terminated with exit code 3']);
      assert.match(await say('delete', 'deployment,service', name), new RegExp(`deployment.apps "${name}" deleted`));
      await eventually(
        async () => assert.deepEqual(await cluster.words('{.items[*].metadata.name}', 'pods', '-l', `app=${name}`), []),
        40_000,
      );
    });

  for (const client of clients)
    test(`jobs, by ${client}`, async () => {
      const [once, many, again] = [`once-${client}`, `many-${client}`, `again-${client}`];
      const say = (...args: string[]): Promise<string> => cluster.client(client, args, { timeout: 90_000 });
      const isDone = async (name: string): Promise<void> =>
        assert.equal(await say('wait', '--for=condition=complete', `job/${name}`, '--timeout=60s'), `job.batch/${name} condition met\n`);
      const image = 't8s.local/busybox:1';
      assert.equal(await say('create', 'job', once, `--image=${image}`, '--', 'echo', 'keys'), `job.batch/${once} created\n`);
      await isDone(once);
      assert.equal(await say('logs', `job/${once}`), 'keys\n');
      assert.match(await say('describe', 'job', once), /Created pod: once-.*\n.* Job completed\n/);
      const containers = [{ name: 'c', image, command: ['sh', '-c', 'echo $JOB_COMPLETION_INDEX; hostname'] }];
      const template = { spec: { restartPolicy: 'OnFailure', containers } };
      const spec = { parallelism: 5, completions: 10, completionMode: 'Indexed', template };
      await cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: many }, spec });
      await isDone(many);
      assert.match(await say('get', 'job', many), new RegExp(`^${many} +Complete +10/10 +\\d+s +\\d+s$`, 'm'));
      assert.equal(await say('logs', '-l', 'batch.kubernetes.io/job-completion-index=7', '--tail=-1'), `7\n${many}-7\n`);
      const schedule = '--schedule=@every 1s';
      assert.equal(await say('create', 'cronjob', again, `--image=${image}`, schedule, '--', 'date'), `cronjob.batch/${again} created\n`);
      await eventually(async () => assert.match(await say('get', 'jobs'), new RegExp(`^${again}-\\d{8} +Complete +1/1 `, 'm')), 60_000);
      assert.match(await say('delete', `cronjob/${again}`, `job/${once}`, `job/${many}`), /deleted/);
      await eventually(
        async () => assert.equal(await say('get', 'jobs,pods', '-l', 'batch.kubernetes.io/job-name', '-o', 'name'), ''),
        60_000,
      );
    });

  test('both clients print the same', async () => {
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { a: 'x', b: 'two\nlines' } });
    const lines = [
      'get nodes -o wide',
      'get deploy,svc -o name',
      'get deploy hello -o yaml',
      'get pods -l app=hello --no-headers -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName',
      'get pod nope',
      'get nopes',
      'describe svc hello',
      'describe cm words',
      'describe sa default',
      'describe pod nope',
      'rollout status deploy/hello',
      'rollout history deploy/hello',
      'rollout status deploy/nope',
      'logs nope-0 --tail=1',
      'config current-context',
      'config get-contexts',
      'config view',
      'api-versions',
      'scale deploy/hello --replicas=5',
      'label cm words tone=soft --overwrite',
      'annotate cm words tone=soft --overwrite',
      'set image deploy/hello nope=x',
      'create deployment hello --image=x',
      'apply -f /nope',
    ];
    const isOld = (await cluster.kubectl('version', '--client')).includes('v1.2');
    // Texts that have changed since Debian's kubectl.
    const changed = /^(describe|logs|apply|config view|create|get nodes|get deploy hello|label|annotate)/;
    // An age may become wider between the two.
    for (const line of lines.filter((one) => !isOld || !changed.test(one)))
      await eventually(async () => {
        const [real, ours] = await Promise.all(clients.map((client) => cluster.attempt(client, line.split(' '))));
        assert.deepEqual(ours && ageless(ours), real && ageless({ ...real, stderr: withoutWarning(real.stderr) }), line);
      }, 20_000);
    await cluster.kubectl('delete', 'cm', 'words');
  });

  test('a second scheduler, as a pod, places the pods that name it', async () => {
    const manifest = 'deploy/demo/my-scheduler.yaml';
    await cluster.kubectl('apply', '-f', manifest);
    await cluster.kubectl('rollout', 'status', '-n', 'kube-system', 'deployment/my-scheduler', '--timeout=60s');
    await cluster.kubectl('run', 'placed', '--image=t8s.local/pause:1', '--overrides={"spec":{"schedulerName":"my-scheduler"}}');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/placed', '--timeout=60s');
    const events = ['--field-selector', 'involvedObject.name=placed,reason=Scheduled'];
    assert.deepEqual(await cluster.words('{.items[*].source.component}', 'events', ...events), ['my-scheduler']);
    await cluster.kubectl('delete', 'pod', '--now', 'placed');
    await cluster.kubectl('delete', '-f', manifest);
  });

  test('an image that nobody has is told, tried again, and undone', async () => {
    await cluster.kubectl('set', 'image', 'deployment/hello', 'hello=t8s.local/none:1');
    await eventually(async () => assert.match(await cluster.kubectl('get', 'pods'), / (ErrImagePull|ImagePullBackOff) /), 40_000);
    await cluster.kubectl('rollout', 'undo', 'deployment/hello');
    await cluster.kubectl('rollout', 'status', 'deployment/hello', '--timeout=60s');
  });

  test('pods of each node resolve and reach the service', async () => {
    for (const node of nodes) await cluster.apply(sleeper(`probe-${node}`, node));
    const addresses = await cluster.words('{.items[*].status.addresses[?(@.type=="InternalIP")].address}', 'nodes');
    const [port = ''] = await cluster.words('{.spec.ports[0].nodePort}', 'service', 'hello');
    for (const node of nodes) {
      await cluster.kubectl('wait', '--for=condition=Ready', `pod/probe-${node}`, '--timeout=30s');
      const fetch = ['exec', `probe-${node}`, '--', 'wget', '-qO-'];
      assert.match(await cluster.kubectl(...fetch, 'http://hello.default.svc.cluster.local'), /^Hello from/, node);
      assert.match(await cluster.kubectl(...fetch, 'http://hello'), /^Hello from/, node);
      // Whichever pod answers, also one of the very node that asks.
      for (const address of addresses) {
        const often = `for i in 1 2 3 4 5 6 7 8; do timeout 5 wget -qO- http://${address}:${port} || exit 1; done`;
        await cluster.kubectl('exec', `probe-${node}`, '--', 'sh', '-c', often);
      }
    }
    await cluster.kubectl('delete', 'pod', '--now', ...nodes.map((node) => `probe-${node}`));
  });

  test('a deleted pod is replaced', async () => {
    const [victim = ''] = await helloPods();
    await cluster.kubectl('delete', 'pod', victim);
    await eventually(async () => {
      const pods = await helloPods();
      assert.ok(!pods.includes(victim) && pods.length === 5, pods.join());
    }, 40_000);
    await cluster.kubectl('rollout', 'status', 'deployment/hello', '--timeout=60s');
  });

  test('every process may be killed: it comes back, and no container notices', async () => {
    const containers = await cluster.containers(3);
    const perNode = nodes.flatMap((node) => [`${node}.dockerd`, `${node}.kubelet`, `${node}.kube-proxy`]);
    for (const name of ['etcd', 'apiserver', 'controller-manager', 'scheduler', ...perNode]) {
      const { pid } = cluster.process(name);
      kill(pid);
      await eventually(() => assert.notEqual(cluster.process(name).pid, pid), 20_000);
    }
    await settled();
    assert.deepEqual(await cluster.containers(3), containers);
    await writable();
  });

  test('the supervisor may be killed: all goes on, and `up` brings it back', async () => {
    const before = cluster.processes().filter(({ name }) => name !== 'supervisor');
    const containers = await cluster.containers(3);
    kill(cluster.process('supervisor').pid);
    await eventually(() => assert.throws(() => cluster.process('supervisor')));
    const status = await cluster.t8s('status');
    assert.equal(status.code, 1);
    assert.match(status.stdout, /^supervisor +not running \(`sudo \.\/t8s up` starts it\)/m);
    await cluster.up();
    const pids = new Set(cluster.processes().map(({ pid }) => pid));
    assert.deepEqual(
      before.filter(({ pid }) => !pids.has(pid)),
      [],
      'none was started anew',
    );
    assert.deepEqual(await cluster.containers(3), containers);
    const { stdout, code } = await cluster.t8s('status');
    assert.equal(code, 0, stdout);
  });

  test('a host cut off goes NotReady, its pods run elsewhere, and it finds back', async () => {
    await cluster.apply(mobile);
    await cluster.kubectl('rollout', 'status', 'deployment/mobile', '--timeout=60s');
    const place = (): Promise<string[]> =>
      cluster.words('{.items[*].spec.nodeName}', 'pods', '-l', 'app=mobile', '--field-selector=status.phase=Running');
    assert.ok((await place()).includes('node-2'), 'the preferred node has them');
    await run('ip', ['link', 'set', 't8s-veth-2', 'down']);
    try {
      await eventually(async () => assert.match(await cluster.kubectl('get', 'nodes'), /^node-2 +NotReady /m), 90_000);
      await eventually(async () => {
        const ready = await cluster.words('{.items[*].status.readyReplicas}', 'deployments', '-l', 'app=mobile');
        assert.deepEqual(ready, ['2']);
        assert.ok((await place()).filter((node) => node !== 'node-2').length === 2);
      }, 60_000);
    } finally {
      await run('ip', ['link', 'set', 't8s-veth-2', 'up']);
    }
    await settled();
    await eventually(
      async () => assert.equal((await cluster.words('{.items[*].metadata.name}', 'pods', '-l', 'app=mobile')).length, 2),
      60_000,
    );
    await cluster.kubectl('delete', 'deployment', 'mobile');
  });

  test('down and up again: the same cluster', async () => {
    const [uid] = await cluster.words('{.metadata.uid}', 'deployment', 'hello');
    assert.match(await cluster.down(), /its data is kept in/);
    assert.deepEqual(cluster.processes(), []);
    assert.deepEqual(changes(untouched, await machineState()), []);
    await cluster.up();
    assert.deepEqual(await cluster.words('{.metadata.uid}', 'deployment', 'hello'), [uid]);
    await settled();
  });

  test('everything killed at once: `up` brings it back', async () => {
    const [uid] = await cluster.words('{.metadata.uid}', 'deployment', 'hello');
    cluster.killAll();
    await eventually(() => assert.deepEqual(cluster.processes(), []));
    await cluster.up();
    assert.deepEqual(await cluster.words('{.metadata.uid}', 'deployment', 'hello'), [uid]);
    await settled();
    await writable();
  });

  test('a reboot: `up` brings it back', async () => {
    const [uid] = await cluster.words('{.metadata.uid}', 'deployment', 'hello');
    await reboot(cluster, rules);
    await cluster.up();
    assert.deepEqual(await cluster.words('{.metadata.uid}', 'deployment', 'hello'), [uid]);
    await settled();
    await writable();
  });

  test('down --purge leaves nothing', async () => {
    await cluster.down('--purge');
    assert.deepEqual(changes(untouched, await machineState()), []);
    const { code, stdout } = await cluster.t8s('status', '--data-dir', cluster.dataDir);
    assert.deepEqual([code, stdout], [1, `There is no cluster in ${cluster.dataDir}. \`sudo ./t8s up\` makes one.\n`]);
  });
});

/** With all ages alike: one of the two is always later. */
const ageless = (outcome: Outcome): Outcome => ({ ...outcome, stdout: outcome.stdout.replaceAll(/\b\d+[smhd](\d+[smh])?\b/g, 'AGE') });

/** Some builds of kubectl warn of servers that are much newer. */
const withoutWarning = (text: string): string => text.replace(/^WARNING: version difference .*\n/, '');

const helloPods = (): Promise<string[]> => cluster.words('{.items[*].metadata.name}', 'pods', '-l', 'app=hello');

/** All nodes are Ready, and what is deployed runs. */
async function settled(): Promise<void> {
  await eventually(async () => {
    assert.equal((await cluster.kubectl('get', 'nodes')).match(/ Ready /g)?.length, 3);
    await cluster.kubectl('rollout', 'status', 'deployment/hello', '--timeout=60s');
    await cluster.kubectl('rollout', 'status', '-n', 'kube-system', 'deployment/kube-dns', '--timeout=60s');
  }, 90_000);
}

/** The control plane works: a write is accepted, and leads to a pod. */
async function writable(): Promise<void> {
  await cluster.apply(sleeper('late'));
  await cluster.kubectl('wait', '--for=condition=Ready', 'pod/late', '--timeout=60s');
  await cluster.kubectl('delete', 'pod', 'late', '--now');
}

function sleeper(name: string, nodeName?: string): object {
  const containers = [{ name: 'sleep', image: 't8s.local/busybox:1', command: ['sleep', '3600'] }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...(nodeName && { nodeName }) } };
}

/** Pods that prefer node-2, and leave a node soon after it went. */
const mobile = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'mobile', labels: { app: 'mobile' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'mobile' } },
    template: {
      metadata: { labels: { app: 'mobile' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'sleep', image: 't8s.local/busybox:1', command: ['sleep', '3600'] }],
        tolerations: ['not-ready', 'unreachable'].map((why) => ({
          key: `node.kubernetes.io/${why}`,
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 1,
        })),
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 100, preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-2'] }] } },
            ],
          },
        },
      },
    },
  },
};
