import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReading, usageBetween } from './readings.ts';

test('what a kubelet says is read: the node, each container, when; other metrics are passed over', () => {
  const { node, pods } = parseReading(`# HELP node_cpu_usage_seconds_total x
node_cpu_usage_seconds_total 100.5 1700000000000
node_memory_working_set_bytes 2048 1700000000000
pod_cpu_usage_seconds_total{namespace="a",pod="p"} 3 1700000000001
container_cpu_usage_seconds_total{container="c",namespace="a",pod="p"} 1.5e-01 1700000000001
container_memory_working_set_bytes{container="c",namespace="a",pod="p"} 4096 1700000000001
container_start_time_seconds{container="c",namespace="a",pod="p"} 1.6e+09
resource_scrape_error 0
`);
  assert.deepEqual(node, { at: 1_700_000_000_000, cpu: 100.5, memory: 2048 });
  assert.deepEqual(
    [...pods].map(([pod, containers]) => [pod, [...containers]]),
    [['a/p', [['c', { at: 1_700_000_000_001, cpu: 0.15, memory: 4096, started: 1.6e12 }]]]],
  );
});

test('use is what was added between two readings; a container that is new is measured from its start', () => {
  const older = { at: 10_000, cpu: 4, memory: 1, started: 1000 };
  assert.deepEqual(usageBetween(older, { at: 20_000, cpu: 9, memory: 7, started: 1000 }), {
    at: 20_000,
    window: 10_000,
    cpu: 0.5,
    memory: 7,
  });
  const restarted = { at: 20_000, cpu: 1, memory: 7, started: 18_000 };
  assert.deepEqual(usageBetween(older, restarted), { at: 20_000, window: 2000, cpu: 0.5, memory: 7 });
  assert.deepEqual(usageBetween(undefined, restarted)?.window, 2000);
  assert.equal(usageBetween(undefined, { at: 20_000, cpu: 1, memory: 7 }), undefined, 'nothing is known of when the node started');
});
