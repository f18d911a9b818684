import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { podWrite } from '../test-objects.ts';
import { alwaysPullImages } from './plugin.ts';

const spec = {
  initContainers: [{ name: 'i', image: 'i', imagePullPolicy: 'Never' }],
  containers: [{ name: 'a', image: 'a' }],
  volumes: [{ name: 'v', image: { reference: 'r' } }, { name: 'e' }],
};

test('every image of a new pod is pulled; what a webhook takes back is refused', () => {
  const write = podWrite(structuredClone(spec));
  alwaysPullImages.mutate?.(write);
  const { spec: made } = write.object as Pod;
  assert.deepEqual(
    [...(made.initContainers ?? []), ...made.containers].map(({ imagePullPolicy }) => imagePullPolicy),
    ['Always', 'Always'],
  );
  assert.deepEqual(made.volumes, [{ name: 'v', image: { reference: 'r', pullPolicy: 'Always' } }, { name: 'e' }]);
  alwaysPullImages.validate?.(write);
  const [container] = made.containers;
  if (container) container.imagePullPolicy = 'IfNotPresent';
  assert.throws(() => alwaysPullImages.validate?.(write), {
    message: 'pods "web" is forbidden: spec.containers[0].imagePullPolicy: Unsupported value: "IfNotPresent": supported values: "Always"',
  });
});

test('an update counts when it brings an image', () => {
  const { object: old } = podWrite(structuredClone(spec));
  const same = podWrite(structuredClone(spec), { old });
  alwaysPullImages.mutate?.(same);
  assert.deepEqual(same.object, old);
  const other = podWrite({ containers: [{ name: 'a', image: 'b' }] }, { old });
  alwaysPullImages.mutate?.(other);
  assert.equal((other.object as Pod).spec.containers[0]?.imagePullPolicy, 'Always');
});
