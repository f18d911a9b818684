import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

let api: TestApiserver;
before(async () => {
  api = await startCluster();
  for (const [revision, image] of [
    ['1', 'nginx:1.27'],
    ['2', 'nginx:1.28'],
  ] as const)
    api.add('apps/v1', 'ReplicaSet', {
      metadata: {
        name: `web-${revision}`,
        namespace: 'default',
        annotations: { 'deployment.kubernetes.io/revision': revision, 'kubernetes.io/change-cause': `to ${image}` },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web-uid', controller: true }],
      },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web', 'pod-template-hash': revision } }, spec: { containers: [{ name: 'nginx', image }] } },
      },
    });
  const web = api.objects.get([...api.objects.keys()].find((key) => key.includes('deployments') && key.endsWith('web')) ?? '');
  Object.assign(web?.metadata ?? {}, { uid: 'web-uid' });
});
after(() => api.stop());
/** stdout and stderr together, and the exit code where it is not 0. */
const kubectl = async (line: string): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api });
  return out + err + (code === 0 ? '' : `[${code}]`);
};

test('status, history and the way back', async () => {
  assert.equal(await kubectl('rollout status deploy/web'), 'deployment "web" successfully rolled out\n');
  assert.equal(
    await kubectl('rollout history deploy/web'),
    'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         to nginx:1.27\n2         to nginx:1.28\n\n',
  );
  assert.match(
    await kubectl('rollout history deploy/web --revision=2'),
    /^deployment\.apps\/web with revision #2\nPod Template:\n {2}Labels:\tapp=web\n/,
  );
  assert.equal(await kubectl('rollout undo deploy/web --to-revision=2'), 'deployment.apps/web rolled back\n');
  assert.equal(await kubectl('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}'), 'nginx:1.28');
  assert.equal(await kubectl('rollout undo deploy/web --to-revision=7'), 'error: unable to find specified revision 7 in history\n[1]');
});

test('a pause, its end, and a restart', async () => {
  assert.equal(await kubectl('rollout pause deploy/web'), 'deployment.apps/web paused\n');
  assert.equal(await kubectl('rollout pause deploy/web'), 'error: deployments.apps "web" is already paused\n[1]');
  assert.equal(
    await kubectl('rollout restart deploy/web'),
    'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)\n[1]',
  );
  assert.equal(await kubectl('rollout resume deploy/web'), 'deployment.apps/web resumed\n');
  assert.equal(await kubectl('rollout restart deploy/web'), 'deployment.apps/web restarted\n');
  assert.match(await kubectl('get deploy web -o jsonpath={.spec.template.metadata.annotations}'), /kubectl\.kubernetes\.io\/restartedAt/);
  assert.equal(
    await kubectl('rollout stat web'),
    'error: unknown command "stat web"\nSee \'kubectl rollout -h\' for help and examples\n[1]',
  );
});
