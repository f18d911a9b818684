import assert from 'node:assert/strict';
import { test } from 'node:test';
import { persistentVolumeClaimKind, persistentVolumeKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import type { PodInfo } from '../../framework/pod-info.ts';
import { testPodInfo } from '../../test-objects.ts';
import { claim, onNodes, startVolumePlugin, storageClass, userOf, volume } from '../../volumes/test-volumes.ts';

const nodes = ['a', 'b'].map((name) => ({ name, labels: { 'kubernetes.io/hostname': name, zone: name === 'a' ? 'x' : 'y' } }));
const later = storageClass('later', { volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'kubernetes.io/no-provisioner' });
const made = storageClass('made', { volumeBindingMode: 'WaitForFirstConsumer' });
const elsewhere = "UnschedulableAndUnresolvable: node(s) didn't match PersistentVolume's node affinity";
const nothing = "UnschedulableAndUnresolvable: node(s) didn't find available persistent volumes to bind";

test('a bound claim leads to where its volume is', async () => {
  const { verdicts, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    volumes: [volume('v', { nodeAffinity: onNodes('b') })],
    claims: [claim('bound', { volumeName: 'v' }), claim('lost', { volumeName: 'gone' })],
  });
  assert.deepEqual(verdicts(userOf('bound')), [elsewhere, 'fits']);
  assert.deepEqual(
    verdicts(userOf('lost'))[0],
    'UnschedulableAndUnresolvable: node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
  );
  assert.deepEqual(verdicts(testPodInfo()), ['skip']);
  stop();
});

test("claims that are not there, not bound, or another pod's say so", async () => {
  const { verdicts, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [storageClass('now', { volumeBindingMode: 'Immediate' })],
    claims: [claim('unbound', { storageClassName: 'now' }), claim('classless'), claim('e-scratch')],
  });
  const prefix = 'UnschedulableAndUnresolvable: ';
  assert.deepEqual(verdicts(userOf('none')), [`${prefix}persistentvolumeclaim "none" not found`]);
  assert.deepEqual(verdicts(userOf('unbound')), [`${prefix}pod has unbound immediate PersistentVolumeClaims`]);
  assert.deepEqual(verdicts(userOf('classless')), [`${prefix}pod has unbound immediate PersistentVolumeClaims`]);
  const ephemeral = (name: string) => testPodInfo({ name, volumes: [{ name: 'scratch', ephemeral: {} }] });
  assert.deepEqual(verdicts(ephemeral('f')), [
    `${prefix}waiting for ephemeral volume controller to create the persistentvolumeclaim "f-scratch"`,
  ]);
  assert.deepEqual(verdicts(ephemeral('e')), [`${prefix}PVC default/e-scratch was not created for pod default/e (pod is not owner)`]);
  stop();
});

test('claims that wait take free volumes of the node, or have one made there', async () => {
  const { verdicts, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [
      later,
      made,
      storageClass('zoned', {
        ...made,
        metadata: { name: 'zoned' },
        allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['y'] }] }],
      }),
    ],
    volumes: [volume('v', { storageClassName: 'later', nodeAffinity: onNodes('a') }), volume('w', { nodeAffinity: onNodes('b') })],
    claims: [
      claim('bound', { volumeName: 'w' }),
      claim('one', { storageClassName: 'later' }),
      claim('two', { storageClassName: 'later' }),
      claim('made', { storageClassName: 'made' }),
      claim('zoned', { storageClassName: 'zoned' }),
    ],
  });
  assert.deepEqual(verdicts(userOf('one')), ['fits', nothing]);
  assert.deepEqual(verdicts(userOf('one', 'two')), [nothing, nothing], 'two claims, one volume');
  assert.deepEqual(verdicts(userOf('made')), ['fits', 'fits']);
  assert.deepEqual(verdicts(userOf('zoned')), [nothing, 'fits']);
  const both = `${elsewhere}, ${nothing.replace('UnschedulableAndUnresolvable: ', '')}`;
  assert.deepEqual(verdicts(userOf('bound', 'two')), [elsewhere, nothing]);
  assert.deepEqual(verdicts(userOf('bound', 'zoned')), [both, 'fits'], 'each kind of claim has its say');
  stop();
});

test('what one pod has taken is not there for the next, until it is given back; the claim of two pods has one node', async () => {
  const { plugin, verdicts, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [later, made],
    volumes: [volume('v', { storageClassName: 'later' })],
    claims: [
      claim('one', { storageClassName: 'later' }),
      claim('two', { storageClassName: 'later' }),
      claim('made', { storageClassName: 'made' }),
    ],
  });
  const first = userOf('one', 'made');
  assert.equal(plugin.reserve?.(first, 'a'), undefined);
  assert.deepEqual(verdicts(userOf('two')), [nothing, nothing]);
  assert.deepEqual(verdicts(userOf('made')), ['fits', nothing]);
  const sharing = { ...userOf('one', 'made'), uid: 'sharing' };
  assert.equal(plugin.reserve?.(sharing, 'a'), undefined);
  plugin.unreserve?.(sharing, 'a');
  assert.deepEqual(verdicts(userOf('two')), [nothing, nothing], "still the first one's");
  assert.deepEqual(verdicts(userOf('made')), ['fits', nothing]);
  plugin.unreserve?.(first, 'a');
  assert.deepEqual(verdicts(userOf('two')), ['fits', 'fits']);
  assert.deepEqual(verdicts(userOf('made')), ['fits', 'fits']);
  stop();
});

test('the API is told, and the pod waits until its claims are bound; one that can not be made gives the place up', async () => {
  const { plugin, client, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [later, made],
    volumes: [volume('v', { storageClassName: 'later' })],
    claims: [claim('one', { storageClassName: 'later' }), claim('made', { storageClassName: 'made' })],
  });
  const claims = client.resource(persistentVolumeClaimKind);
  const pod = userOf('one', 'made');
  plugin.reserve?.(pod, 'a');
  let isDone = false;
  const done = plugin.preBind?.(pod, 'a', new AbortController().signal).then(() => {
    isDone = true;
  });
  await eventually(async () => {
    assert.equal((await client.resource(persistentVolumeKind).get({ name: 'v' })).spec.claimRef?.name, 'one');
    const { annotations } = (await claims.get({ namespace: 'default', name: 'made' })).metadata;
    assert.equal(annotations?.['volume.kubernetes.io/selected-node'], 'a');
  });
  for (const [name, volumeName] of [
    ['one', 'v'],
    ['made', 'w'],
  ] as const) {
    assert.equal(isDone, false);
    const now = await claims.get({ namespace: 'default', name });
    const annotations = { ...now.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
    await claims.update({ ...now, metadata: { ...now.metadata, annotations }, spec: { ...now.spec, volumeName } });
  }
  await done;
  stop();

  const failing = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [made],
    claims: [claim('made', { storageClassName: 'made' })],
  });
  const other = userOf('made');
  failing.plugin.reserve?.(other, 'a');
  const bound = failing.plugin.preBind?.(other, 'a', new AbortController().signal);
  const rejected = assert.rejects(bound ?? Promise.resolve(), /^Error: binding volumes: provisioning failed for PVC "made"$/);
  const failed = failing.client.resource(persistentVolumeClaimKind);
  await eventually(async () => assert.ok((await failed.get({ namespace: 'default', name: 'made' })).metadata.annotations));
  const now = await failed.get({ namespace: 'default', name: 'made' });
  await failed.update({ ...now, metadata: { ...now.metadata, annotations: {} } });
  await rejected;
  failing.stop();
});

test('a claim that went before it was asked for, or was bound elsewhere, is not waited for', async () => {
  const { plugin, client, events, stop } = await startVolumePlugin('VolumeBinding', {
    nodes,
    classes: [later],
    volumes: [...['v', 'w'].map((name) => volume(name, { storageClassName: 'later' })), volume('far', { nodeAffinity: onNodes('b') })],
    claims: ['one', 'two'].map((name) => claim(name, { storageClassName: 'later' })),
  });
  const claims = client.resource(persistentVolumeClaimKind);
  const pod = userOf('one');
  const bind = (info: PodInfo): Promise<unknown> => plugin.preBind?.(info, 'a', new AbortController().signal) ?? Promise.resolve();
  plugin.reserve?.(pod, 'a');
  const elsewhere = assert.rejects(bind(pod), /pv "far" can't be used on node "a"$/);
  const now = await claims.get({ namespace: 'default', name: 'one' });
  const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
  await claims.update({ ...now, metadata: { ...now.metadata, annotations }, spec: { ...now.spec, volumeName: 'far' } });
  await elsewhere;

  const late = userOf('two');
  plugin.reserve?.(late, 'a');
  await claims.delete({ namespace: 'default', name: 'two' });
  await eventually(() => assert.ok(events.some(({ resource, now }) => resource === 'PersistentVolumeClaim' && !now)));
  await assert.rejects(bind(late), /PVC "default\/two" is gone$/);
  stop();
});
