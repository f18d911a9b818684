/** Jobs, cron jobs and pods that have ended on a real apiserver, as kubectl shows them: the oldest, the newest and the bundled one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jobKind, nodeKind, podKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { startWorkloads, type Workloads } from './workload-clients.ts';

let workloads: Workloads;
before(async () => {
  workloads = await startWorkloads();
});
after(() => workloads.stop());

const job = (name: string, spec: string, image = 'exit:0'): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, labels: {chapter: jobs}}
spec:
  ${spec}
  template:
    metadata: {labels: {chapter: jobs}}
    spec: {restartPolicy: Never, containers: [{name: kuard, image: "${image}"}]}
`;

test('the tutorial of jobs', async () => {
  await workloads.each('jobs', async (kubectl, namespace) => {
    assert.equal(await kubectl('create job oneshot --image=exit:0 -- date'), 'job.batch/oneshot created\n');
    assert.equal(await kubectl('wait --for=condition=complete job/oneshot --timeout=20s'), 'job.batch/oneshot condition met\n');
    assert.match(await kubectl('get jobs'), /^NAME +STATUS +COMPLETIONS +DURATION +AGE\noneshot +Complete +1\/1 +\d+s +\d+s\n$/);
    const described = await kubectl('describe job oneshot');
    for (const line of [
      /^Selector: +batch.kubernetes.io\/controller-uid=[0-9a-f-]{36}$/m,
      /^Labels: +batch.kubernetes.io\/controller-uid=[0-9a-f-]{36}$/m,
      /^ +batch.kubernetes.io\/job-name=oneshot$/m,
      /^Parallelism: +1$/m,
      /^Completions: +1$/m,
      /^Completion Mode: +NonIndexed$/m,
      /^Duration: +\d+s$/m,
      /^Pods Statuses: +0 Active(?: \(0 Ready\))? \/ 1 Succeeded \/ 0 Failed/m,
      /^ +Normal +SuccessfulCreate +\S+ +job-controller +Created pod: oneshot-[a-z0-9]{5}$/m,
      /^ +Normal +Completed +\S+ +job-controller +Job completed$/m,
    ])
      assert.match(described, line);

    assert.equal(await kubectl('apply -f -', job('parallel', 'parallelism: 5\n  completions: 10')), 'job.batch/parallel created\n');
    await kubectl('wait --for=condition=complete job/parallel --timeout=20s');
    const completed = await kubectl('get pods -l job-name=parallel --no-headers');
    assert.equal(completed.match(/ 0\/1 +Completed +0 /g)?.length, 10, completed);
    assert.match(await kubectl('delete job parallel'), /^job.batch "parallel" deleted/);
    await eventually(async () => assert.equal(await kubectl('get pods -l job-name=parallel -o name'), ''), 20_000);

    await kubectl('apply -f -', job('indexed', 'parallelism: 2\n  completions: 5\n  completionMode: Indexed'));
    await kubectl('wait --for=condition=complete job/indexed --timeout=20s');
    assert.match(await kubectl('describe job indexed'), /^Completed Indexes: +0-4$/m);
    const { items } = await workloads.cluster.api.admin.resource(podKind).list({ namespace, labelSelector: 'job-name=indexed' });
    assert.deepEqual(
      items.map((pod) => pod.spec.hostname).sort(),
      [0, 1, 2, 3, 4].map((i) => `indexed-${i}`),
    );

    await kubectl('apply -f -', job('failing', 'backoffLimit: 0', 'exit:3'));
    await kubectl('wait --for=condition=failed job/failing --timeout=20s');
    assert.match(await kubectl('get job failing'), /\nfailing +Failed +0\/1 /);
    assert.match(
      await kubectl('describe job failing'),
      / +Warning +BackoffLimitExceeded +\S+ +job-controller +Job has reached the specified backoff limit\n/,
    );

    await kubectl('apply -f -', job('waiting', 'suspend: true', 'busy'));
    await kubectl('wait --for=condition=suspended job/waiting --timeout=20s');
    assert.match(await kubectl('get job waiting'), /\nwaiting +Suspended +0\/1 /);
    await kubectl('patch job waiting -p {"spec":{"suspend":false}}');
    await eventually(async () => assert.match(await kubectl('get job waiting -o jsonpath={.status.ready}'), /^1$/), 20_000);
    await kubectl('patch job waiting -p {"spec":{"suspend":true}}');
    await eventually(async () => assert.equal(await kubectl('get pods -l job-name=waiting -o name'), ''), 20_000);
    assert.match(await kubectl('describe job waiting'), / Normal +Suspended .*Job suspended\n/);

    await kubectl('apply -f -', job('short-lived', 'ttlSecondsAfterFinished: 1'));
    await kubectl('wait --for=delete job/short-lived --timeout=20s');
  });
});

const hello = `
apiVersion: batch/v1
kind: CronJob
metadata: {name: hello}
spec:
  schedule: "@every 1s"
  timeZone: Asia/Tokyo
  jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: hello, image: "exit:0"}]}}}}
`;

test('the tutorial of cron jobs', async () => {
  await workloads.each('cron', async (kubectl, namespace) => {
    const jobs = workloads.cluster.api.admin.resource(jobKind);
    assert.equal(await kubectl('create -f -', hello), 'cronjob.batch/hello created\n');
    await eventually(async () => assert.match(await kubectl('get jobs -o name'), /^job.batch\/hello-\d{8}\n/), 20_000);
    await kubectl('patch cronjob hello -p {"spec":{"suspend":true}}');
    assert.match(
      await kubectl('get cronjob hello'),
      /^NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\nhello +@every 1s +Asia\/Tokyo +True +\d +\d+s +\d+s\n$/,
    );
    const [first] = (await jobs.list({ namespace })).items;
    assert.match(first?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '', /^\d{4}-.*\+09:00$/);
    await kubectl(`wait --for=condition=complete job/${first?.metadata.name} --timeout=20s`);
    await eventually(async () => assert.match(await kubectl('get cronjob hello'), / True +0 /), 20_000);
    const described = await kubectl('describe cronjob hello');
    assert.match(described, /^Successful Job History Limit: +3$/m);
    assert.match(described, /^ +Normal +SuccessfulCreate +\S+ .*cronjob-controller +Created job hello-\d{8}$/m);
    assert.match(described, /^ +Normal +SawCompletedJob +\S+ .*cronjob-controller +Saw completed job: hello-\d{8}, condition: Complete$/m);

    assert.equal(await kubectl('create job by-hand --from=cronjob/hello'), 'job.batch/by-hand created\n');
    await kubectl('wait --for=condition=complete job/by-hand --timeout=20s');
    const { metadata } = await jobs.get({ namespace, name: 'by-hand' });
    assert.deepEqual(
      [metadata.annotations, metadata.ownerReferences?.[0]?.name],
      [{ 'cronjob.kubernetes.io/instantiate': 'manual' }, 'hello'],
    );
    await kubectl('delete cronjob hello');
    await eventually(async () => assert.equal(await kubectl('get jobs -o name'), ''), 20_000);
  });
});

test('killed again and again, the controller counts each pod once, and makes none too many', async () => {
  const { admin } = workloads.cluster.api;
  const spec = {
    completions: 150,
    parallelism: 10,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'exit:0' }] } },
  };
  await admin.resource(jobKind).create({ metadata: { name: 'many', namespace: 'default' }, spec });
  const counted = async (): Promise<number> =>
    (await admin.resource(jobKind).get({ namespace: 'default', name: 'many' })).status?.succeeded ?? 0;
  for (let kills = 0, before = 0; kills < 6; kills++) {
    await eventually(async () => assert.ok((await counted()) > before), 20_000);
    await workloads.restart();
    before = await counted();
  }
  await eventually(async () => assert.equal(await counted(), 150), 60_000);
  await eventually(async () => {
    const { status } = await admin.resource(jobKind).get({ namespace: 'default', name: 'many' });
    assert.deepEqual([status?.conditions?.at(-1)?.type, status?.failed, status?.uncountedTerminatedPods], ['Complete', undefined, {}]);
  }, 20_000);
  const { items } = await admin.resource(podKind).list({ namespace: 'default', labelSelector: 'job-name=many' });
  assert.deepEqual([items.length, items.filter((pod) => pod.metadata.finalizers?.length).length], [150, 0]);
});

test('a pod on its way out on a node that is out of service is failed and goes', async () => {
  const { admin } = workloads.cluster.api;
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }];
  await admin.resource(nodeKind).create({ metadata: { name: 'off' }, spec: { taints } });
  const at = { namespace: 'default', name: 'stuck' };
  const spec = { nodeName: 'off', tolerations: [{ operator: 'Exists' }], containers: [{ name: 'c', image: 'busy' }] };
  await admin.resource(podKind).create({ metadata: { ...at, finalizers: ['example.com/look'] }, spec });
  await admin.resource(podKind).delete(at);
  await eventually(async () => {
    const { metadata, status } = await admin.resource(podKind).get(at);
    assert.deepEqual([status?.phase, metadata.deletionGracePeriodSeconds], ['Failed', 0]);
  }, 20_000);
  await admin.resource(podKind).patch(at, { type: 'merge', body: { metadata: { finalizers: null } } });
  await admin.resource(nodeKind).delete({ name: 'off' });
});
