import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite, storeOf } from '../test-objects.ts';
import { runtimeClass } from './plugin.ts';

const classes = [
  {
    metadata: { name: 'vm' },
    handler: 'vm',
    overhead: { podFixed: { cpu: '100m' } },
    scheduling: { nodeSelector: { kvm: 'yes' }, tolerations: [{ key: 'kvm', operator: 'Exists' }] },
  },
] as unknown as KubeObject[];

async function admit(spec: object): Promise<Pod> {
  const write = podWrite(spec);
  await runtimeClass(storeOf({ runtimeclasses: classes })).mutate?.(write);
  return write.object as Pod;
}

test('a pod gets the overhead and the place of its class', async () => {
  const { spec } = await admit({ runtimeClassName: 'vm', nodeSelector: { disk: 'ssd' } });
  assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: '100m' }, { disk: 'ssd', kvm: 'yes' }]);
  assert.deepEqual(spec.tolerations, [{ key: 'kvm', operator: 'Exists' }]);
});

test('what does not fit the class is refused', async () => {
  await assert.rejects(admit({ runtimeClassName: 'no' }), {
    message: 'pods "web" is forbidden: pod rejected: RuntimeClass "no" not found',
  });
  await assert.rejects(admit({ overhead: { cpu: '1' } }), /Pod Overhead set without corresponding RuntimeClass defined Overhead$/);
  await assert.rejects(
    admit({ runtimeClassName: 'vm', overhead: { cpu: '1' } }),
    /Pod's Overhead doesn't match RuntimeClass's defined Overhead$/,
  );
  await assert.rejects(
    admit({ runtimeClassName: 'vm', nodeSelector: { kvm: 'no' } }),
    /conflict: runtimeClass.scheduling.nodeSelector\[kvm\] = yes; pod.spec.nodeSelector\[kvm\] = no$/,
  );
});
