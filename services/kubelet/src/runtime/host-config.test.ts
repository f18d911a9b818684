import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MountPropagation } from '@t8s/cri';
import { containerHostConfig } from './host-config.ts';

test('Docker decides how a private mount spreads: one of the whole host would be refused with what is private', () => {
  const bindOptions = (propagation: MountPropagation): unknown => {
    const mounts = [{ containerPath: '/host', hostPath: '/', propagation }];
    const config = { metadata: { name: 'c', attempt: 0 }, image: { image: 'x' }, mounts };
    return containerHostConfig(config, 's', { full: true, bounding: [], minOomScoreAdj: 0 }).Mounts?.[0]?.BindOptions;
  };
  assert.equal(bindOptions('PROPAGATION_PRIVATE'), undefined);
  assert.deepEqual(bindOptions('PROPAGATION_BIDIRECTIONAL'), { Propagation: 'rshared' });
});
