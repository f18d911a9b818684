import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Taint, Toleration } from '@t8s/api';
import { evictionTime } from './eviction-time.ts';

const now = Date.UTC(2025, 0, 1);
const taint: Taint = { key: 'down', effect: 'NoExecute', timeAdded: '2024-12-31T23:59:00Z' };
const pod = (...tolerations: Toleration[]): Pod => ({ metadata: {}, spec: { containers: [], tolerations } });

test('who does not tolerate goes at once, who does for a time goes then, who does stays', () => {
  assert.equal(evictionTime(pod(), [taint], now), now);
  assert.equal(evictionTime(pod({ key: 'down', operator: 'Exists' }), [taint], now), undefined);
  assert.equal(evictionTime(pod({ key: 'down', operator: 'Exists', tolerationSeconds: 300 }), [taint], now), now + 240_000);
  assert.equal(evictionTime(pod({ operator: 'Exists', tolerationSeconds: 0 }), [taint], now), now - 60_000);
  assert.equal(evictionTime(pod({ key: 'down', operator: 'Exists', effect: 'NoSchedule' }), [taint], now), now);
  assert.equal(evictionTime(pod({ key: 'down', value: 'x' }), [taint], now), now, 'another value is another taint');
  assert.equal(evictionTime(pod(), [{ key: 'down', effect: 'NoSchedule' }], now), undefined);
  const late = pod({ operator: 'Exists', tolerationSeconds: 300 });
  late.metadata.creationTimestamp = '2024-12-31T23:59:30Z';
  assert.equal(evictionTime(late, [taint], now), now + 270_000, 'a pod that comes later has all its time');
});
