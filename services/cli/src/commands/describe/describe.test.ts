import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

let api: TestApiserver;
before(async () => {
  api = await startCluster();
  const { out: uid } = await run(['get', 'pod', 'web-1', '-o', 'jsonpath={.metadata.uid}'], { api });
  api.add('v1', 'Event', {
    metadata: { name: 'web-1.1', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'default', uid },
    type: 'Normal',
    reason: 'Started',
    message: 'Started container nginx',
    count: 1,
    firstTimestamp: '2020-01-01T00:00:01Z',
    lastTimestamp: '2020-01-01T00:00:01Z',
    source: { component: 'kubelet' },
  });
});
after(() => api.stop());
/** stdout and stderr together, and the exit code where it is not 0. */
const kubectl = async (line: string): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api });
  return out + err + (code === 0 ? '' : `[${code}]`);
};

test('a pod, with its containers and events', async () => {
  const text = await kubectl('describe pod web-1');
  assert.match(text, /^Name: +web-1\nNamespace: +default\nNode: +node-0\/10\.89\.0\.1\nStart Time: +Wed, 01 Jan 2020 00:00:00 \+0000\n/);
  assert.match(text, /\nContainers:\n +nginx:\n +Container ID: +docker:\/\/abc\n +Image: +nginx:1\.27\n/);
  assert.match(text, /\n +State: +Running\n +Started: +Wed, 01 Jan 2020 00:00:01 \+0000\n/);
  assert.match(text, /\n +Environment: +<none>\n +Mounts: +<none>\nConditions:\n +Type +Status\n +Ready +True \n/);
  assert.match(text, /\n +Normal +Started +\d+y\S* +kubelet +Started container nginx\n$/);
});

test('a deployment and a service', async () => {
  const deployment = await kubectl('describe deploy web');
  assert.match(deployment, /\nReplicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable\n/);
  assert.match(deployment, /\nPod Template:\n +Labels: +app=web\n +Containers:\n +nginx:\n +Image: +nginx:1\.27\n/);
  assert.match(deployment, /\nOldReplicaSets: +<none>\nNewReplicaSet: +<none>\nEvents: +<none>\n$/);
  assert.match(await kubectl('describe svc web'), /\nIP: +10\.96\.0\.7\n[\s\S]*\nPort: +<unset> +80\/TCP\nTargetPort: +80\/TCP\n/);
});

test('names may be shortened, and what is not there is told', async () => {
  assert.equal(await kubectl('describe pod web'), `${await kubectl('describe pod web-1')}\n`);
  assert.equal(await kubectl('describe pod nope'), 'Error from server (NotFound): pods "nope" not found\n[1]');
  assert.equal(await kubectl('describe cm'), 'No resources found in default namespace.\n');
  assert.match(await kubectl('describe'), /^error: You must specify the type of resource to describe\./);
});

test('a kind without a page of its own shows its fields', async () => {
  api.add('coordination.k8s.io/v1', 'Lease', {
    metadata: { name: 'l', namespace: 'default', uid: 'u' },
    spec: { leaseDurationSeconds: 40 },
  });
  const text = await kubectl('describe lease l');
  assert.match(text, /\nAPI Version: +coordination\.k8s\.io\/v1\nKind: +Lease\nMetadata:\n/);
  assert.match(text, /\nSpec:\n +Lease Duration Seconds: +40\n/);
});
