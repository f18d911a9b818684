/** What becomes of a claim `c` and a volume `v` as they are found: the cases that upstream's controller is tested with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  storageClassKind,
} from '@t8s/api';
import { FakeClient } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { persistentVolumeBinder } from './controller.ts';

const done = { 'pv.kubernetes.io/bind-completed': 'yes' };
const by = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
const selected = { 'volume.kubernetes.io/selected-node': 'n' };
const modes = ['ReadWriteOnce'];
/** Whom a volume is for: a claim's name alone, or with its uid, which is the same for the claim `c`. */
const to = (name: string, uid?: string) => ({ claimRef: { namespace: 'd', name, ...(uid !== undefined && { uid }) } });

type Found<T extends { spec: object }> = [phase: string, spec?: Partial<T['spec']>, annotations?: Record<string, string>];
interface Case {
  what: string;
  volume?: Found<PersistentVolume>;
  claim: Found<PersistentVolumeClaim>;
  /** Phase and other side of the volume and of the claim; `+` where the controller has bound it, `?` where it has no uid. */
  becomes: string;
  says?: string[];
}

const free = 'Available -';
const bound = 'Bound c+ · Bound v+';
const unbound = 'FailedBinding';
const cases: Case[] = [
  { what: 'a free volume', volume: ['Available'], claim: ['Pending'], becomes: bound },
  { what: 'none that fits', volume: ['Available'], claim: ['Bound', ask('9Gi')], becomes: `${free} · Pending -`, says: [unbound] },
  { what: 'one kept for it', volume: ['Available', to('c')], claim: ['Pending'], becomes: 'Bound c · Bound v+' },
  { what: 'one kept for its uid', volume: ['Available', to('c', 'c')], claim: ['Pending'], becomes: 'Bound c · Bound v+' },
  { what: 'one of its namesake', volume: ['Bound', to('c', 'x')], claim: ['Pending'], becomes: 'Released c · Pending -', says: [unbound] },
  { what: 'died after the claimRef', volume: ['Available', to('c', 'c'), by], claim: ['Pending'], becomes: bound },
  { what: 'died after the phase', volume: ['Bound', to('c', 'c'), by], claim: ['Pending'], becomes: bound },
  { what: 'died after the name', volume: ['Bound', to('c', 'c'), by], claim: ['Pending', name('v'), { ...by, ...done }], becomes: bound },
  {
    what: 'one that is Released',
    volume: ['Released', to('x', 'x')],
    claim: ['Pending'],
    becomes: 'Released x · Pending -',
    says: [unbound],
  },
  {
    what: 'waits for a pod',
    volume: ['Available', of('later')],
    claim: ['Pending', of('later')],
    becomes: `${free} · Pending -`,
    says: ['WaitForFirstConsumer'],
  },
  {
    what: 'kept, and waits',
    volume: ['Available', { ...to('c'), ...of('later') }],
    claim: ['Pending', of('later')],
    becomes: 'Bound c · Bound v+',
  },
  {
    what: 'has waited',
    volume: ['Available', { ...to('c', 'c'), ...of('later') }],
    claim: ['Pending', of('later'), selected],
    becomes: 'Bound c · Bound v+',
  },
  { what: 'names none that is there', claim: ['Bound', name('v')], becomes: 'Pending v' },
  { what: 'names a free one', volume: ['Available'], claim: ['Pending', name('v')], becomes: 'Bound c+ · Bound v' },
  { what: 'each names the other', volume: ['Available', to('c')], claim: ['Pending', name('v')], becomes: 'Bound c · Bound v' },
  {
    what: "names another's",
    volume: ['Bound', to('x', 'x')],
    claim: ['Bound', name('v')],
    becomes: 'Released x · Pending v',
    says: [unbound],
  },
  {
    what: 'names one in spite of its selector',
    volume: ['Available'],
    claim: ['Pending', { ...name('v'), selector: { matchLabels: { a: 'b' } } }],
    becomes: 'Bound c+ · Bound v',
  },
  {
    what: 'names one too small',
    volume: ['Available'],
    claim: ['Pending', { ...name('v'), ...ask('9Gi') }],
    becomes: `${free} · Pending v`,
    says: ['VolumeMismatch'],
  },
  {
    what: 'names one of another class',
    volume: ['Available', of('x')],
    claim: ['Pending', name('v')],
    becomes: `${free} · Pending v`,
    says: ['VolumeMismatch'],
  },
  { what: 'has lost the name', claim: ['Bound', {}, { ...by, ...done }], becomes: 'Lost -+', says: ['ClaimLost'] },
  { what: 'has lost the volume', claim: ['Bound', name('v'), done], becomes: 'Lost v', says: ['ClaimLost'] },
  { what: 'the volume has lost it', volume: ['Available'], claim: ['Pending', name('v'), done], becomes: 'Bound c+ · Bound v' },
  { what: 'bound by half', volume: ['Available', to('c', 'c')], claim: ['Pending', name('v'), done], becomes: 'Bound c · Bound v' },
  {
    what: 'bound to what is only kept for it',
    volume: ['Available', to('c')],
    claim: ['Pending', name('v'), done],
    becomes: 'Available c? · Lost v',
    says: ['ClaimMisbound'],
  },
  {
    what: "bound to another's",
    volume: ['Bound', to('x', 'x')],
    claim: ['Bound', name('v'), done],
    becomes: 'Released x · Lost v',
    says: ['ClaimMisbound'],
  },
  {
    what: 'bound elsewhere by the controller',
    volume: ['Bound', to('c', 'c'), by],
    claim: ['Pending', name('w')],
    becomes: `${free} · Pending w`,
  },
  { what: 'bound elsewhere by hand', volume: ['Bound', to('c', 'c')], claim: ['Pending', name('w')], becomes: 'Available c? · Pending w' },
  {
    what: 'kept for it in another mode',
    volume: ['Available', { ...to('c', 'c'), volumeMode: 'Block' }, by],
    claim: ['Pending'],
    becomes: 'Available c+ · Pending -',
    says: [unbound, 'VolumeMismatch', 'VolumeMismatch'],
  },
  { what: 'no such class', claim: ['Pending', of('none')], becomes: 'Pending -', says: ['ProvisioningFailed'] },
  { what: "none of Kubernetes' own", claim: ['Pending', of('manual')], becomes: 'Pending -', says: ['ProvisioningFailed'] },
  { what: "once one of Kubernetes' own", claim: ['Pending', of('disk')], becomes: 'Pending -', says: ['ExternalProvisioning'] },
];

function ask(storage: string) {
  return { resources: { requests: { storage } } };
}
function name(volumeName: string) {
  return { volumeName };
}
function of(storageClassName: string) {
  return { storageClassName };
}

for (const { what, volume, claim, becomes, says = [] } of cases)
  test(what, async () => {
    const client = new FakeClient();
    const volumes = client.resource(persistentVolumeKind);
    const claims = client.resource(persistentVolumeClaimKind);
    for (const [className, provisioner] of [
      ['later', 'example.com/p'],
      ['manual', 'kubernetes.io/no-provisioner'],
      ['disk', 'kubernetes.io/gce-pd'],
    ] as const)
      await client.resource(storageClassKind).create({
        metadata: { name: className },
        provisioner,
        volumeBindingMode: className === 'later' ? 'WaitForFirstConsumer' : 'Immediate',
      });
    if (volume) {
      const [phase, spec, annotations = {}] = volume;
      const capacity = { storage: '1Gi' };
      await volumes.create({
        metadata: { name: 'v', annotations },
        spec: { capacity, accessModes: modes, persistentVolumeReclaimPolicy: 'Retain', ...spec },
        status: { phase },
      });
    }
    const [phase, spec, annotations = {}] = claim;
    const made = await claims.create({
      metadata: { namespace: 'd', name: 'c', uid: 'c', annotations },
      spec: { accessModes: modes, storageClassName: '', ...ask('1Gi'), ...spec },
    });
    await claims.updateStatus({ ...made, status: { phase } });
    const { settle, stop } = await startControllers((context) => [persistentVolumeBinder(context, { helperImage: 'busybox' })], { client });
    await settle();
    const side = (object: PersistentVolume | PersistentVolumeClaim, other: string): string =>
      `${object.status?.phase} ${other}${object.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'] ? '+' : ''}`;
    const found = [
      ...(await volumes.list()).items.map((one) => {
        const { claimRef } = one.spec;
        return side(one, claimRef ? `${claimRef.name}${claimRef.uid === undefined ? '?' : ''}` : '-');
      }),
      ...(await claims.list()).items.map((one) => side(one, one.spec.volumeName ?? '-')),
    ];
    assert.equal(found.join(' · '), becomes);
    const { items } = await client.resource(eventKind).list();
    assert.deepEqual(items.map(({ reason }) => reason).sort(), says);
    stop();
  });

test('a claim from before there was a default class gets it; the empty class is an answer', async () => {
  const client = new FakeClient();
  const claims = client.resource(persistentVolumeClaimKind);
  const spec = { accessModes: modes, ...ask('1Gi') };
  await claims.create({ metadata: { namespace: 'd', name: 'early' }, spec });
  await claims.create({ metadata: { namespace: 'd', name: 'none' }, spec: { ...spec, ...of('') } });
  const { settle, stop } = await startControllers((context) => [persistentVolumeBinder(context, { helperImage: 'busybox' })], { client });
  await settle();
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  await client.resource(storageClassKind).create({ metadata: { name: 'standard', annotations }, provisioner: 'example.com/p' });
  await settle();
  const classes = (await claims.list()).items.map((one) => [one.metadata.name, one.spec.storageClassName]);
  assert.deepEqual(classes, [
    ['early', 'standard'],
    ['none', ''],
  ]);
  stop();
});
