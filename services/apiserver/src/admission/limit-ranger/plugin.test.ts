import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LimitRangeItem, type Pod, persistentVolumeClaimKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { limitRanger } from './plugin.ts';

const plugin = (...limits: LimitRangeItem[]) => {
  const range = { metadata: { name: 'range', namespace: 'd' }, spec: { limits } } as KubeObject;
  return limitRanger(storeOf({ limitranges: [range] }));
};

/** What a pod of these containers is refused for. */
function refusal(limits: LimitRangeItem[], resources: object): string | undefined {
  const write = podWrite({ containers: [{ name: 'a', image: 'i', resources }] });
  try {
    plugin(...limits).validate?.(write);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('containers get what they don’t say, and the pod is told', () => {
  const write = podWrite({
    containers: [{ name: 'a', image: 'i', resources: { limits: { cpu: '1' } } }],
    initContainers: [{ name: 'b', image: 'i' }],
  });
  const item = { type: 'Container', default: { cpu: '500m', memory: '64Mi' }, defaultRequest: { cpu: '100m' } };
  plugin(item).mutate?.(write);
  const { spec, metadata } = write.object as Pod;
  assert.deepEqual(spec.containers[0]?.resources, { limits: { cpu: '1', memory: '64Mi' }, requests: { cpu: '100m' } });
  assert.equal(
    metadata.annotations?.['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu request for container a; memory limit for container a; cpu request for init container b; cpu, memory limit for init container b',
  );
});

test('what is outside of a range is refused in upstream’s words', () => {
  const container = { type: 'Container', min: { cpu: '100m' }, max: { memory: '1Gi' } };
  assert.equal(refusal([container], { requests: { cpu: '100m' }, limits: { memory: '1Gi' } }), undefined);
  assert.equal(
    refusal([container], { requests: { cpu: '50m' }, limits: { memory: '2Gi' } }),
    'pods "web" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
  );
  assert.match(
    refusal([container], {}) ?? '',
    /\[minimum cpu usage per Container is 100m. {2}No request is specified, maximum memory usage per Container is 1Gi. {2}No limit is specified\]$/,
  );
  const ratio = { type: 'Pod', maxLimitRequestRatio: { cpu: '2' } };
  assert.match(
    refusal([ratio], { requests: { cpu: '100m' }, limits: { cpu: '300m' } }) ?? '',
    /: cpu max limit to request ratio per Pod is 2, but provided ratio is 3.000000$/,
  );
});

test('claims are held to theirs, and pods that are there already to none', () => {
  const item = { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } };
  const object = { metadata: { name: 'data', namespace: 'd' }, spec: { resources: { requests: { storage: '2Gi' } } } } as KubeObject;
  const write = podWrite({}, { object, resource: { kind: persistentVolumeClaimKind, storage: 'persistentvolumeclaims' } });
  assert.throws(() => plugin(item).validate?.(write), {
    message: 'persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
  });
  const pod = podWrite({});
  plugin({ type: 'Container', min: { cpu: '1' } }).validate?.({ ...pod, old: pod.object });
});
