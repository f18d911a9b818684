import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodStatus } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { serviceUnavailable } from '@t8s/meta';
import { silentLogger } from '@t8s/telemetry';
import { statusPatch } from './status-patch.ts';
import { StatusWriter } from './status-writer.ts';

const pod: Pod = { metadata: { name: 'p', namespace: 'd', uid: 'u' }, spec: { containers: [] } };
const ready = (status: string): PodStatus => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status, ...(status === 'False' && { reason: 'R', message: 'M' }) }],
});

test('only what changed is sent; conditions of others stay, addresses are replaced', () => {
  const current: PodStatus = { ...ready('True'), podIP: 'a', podIPs: [{ ip: 'a' }] };
  current.conditions?.push({ type: 'Other', status: 'True' });
  assert.equal(statusPatch(current, { ...ready('True'), podIP: 'a', podIPs: [{ ip: 'a' }] }), undefined);
  assert.deepEqual(statusPatch(current, { ...ready('False'), podIP: 'b', podIPs: [{ ip: 'b' }] }), {
    podIP: 'b',
    podIPs: [{ ip: 'b' }, { $patch: 'replace' }],
    conditions: [{ type: 'Ready', status: 'False', reason: 'R', message: 'M' }],
  });
  assert.deepEqual(statusPatch(ready('False'), ready('True')), {
    conditions: [{ type: 'Ready', status: 'True', reason: null, message: null }],
  });
});

test('statuses set while one is being written become one request, and a failure is tried again', async () => {
  const clock = new FakeClock();
  const sent: unknown[] = [];
  let fail = true;
  const writer = new StatusWriter({
    clock,
    log: silentLogger,
    patch: async (p, status) => {
      if (fail) {
        fail = false;
        throw serviceUnavailable('etcd is away');
      }
      sent.push(status);
      return { ...p, status: status as PodStatus };
    },
  });
  writer.set(pod, { phase: 'Pending' });
  writer.set(pod, { phase: 'Running' });
  writer.set(pod, { phase: 'Running', podIP: 'x' });
  await clock.advance(1000);
  await writer.flush('u');
  assert.deepEqual(sent, [{ phase: 'Running', podIP: 'x' }]);
  writer.set(pod, { phase: 'Running', podIP: 'x' });
  await writer.flush('u');
  assert.equal(sent.length, 1);
});

test('a condition that another has changed is set right again', async () => {
  const sent: unknown[] = [];
  const at = (resourceVersion: string, status: PodStatus): Pod => ({ ...pod, metadata: { ...pod.metadata, resourceVersion }, status });
  const writer = new StatusWriter({
    clock: new FakeClock(),
    log: silentLogger,
    patch: async (_, patch) => {
      sent.push(patch);
      return at(String(10 * sent.length), ready('True'));
    },
  });
  writer.set(at('1', { phase: 'Pending' }), ready('True'));
  await writer.flush('u');
  writer.observe(at('9', ready('False')));
  await writer.flush('u');
  assert.equal(sent.length, 1, 'what the watch tells late is no change');
  writer.observe(at('11', ready('False')));
  await writer.flush('u');
  assert.deepEqual(sent[1], { conditions: [{ type: 'Ready', status: 'True', reason: null, message: null }] });
});
