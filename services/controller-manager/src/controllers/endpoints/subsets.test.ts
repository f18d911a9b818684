import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Service } from '@t8s/api';
import { endpointSubsets, maxAddresses, truncate } from './subsets.ts';

const service: Service = {
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
};
const pod = (name: string, ip: string, ready = true, deletionTimestamp?: string): Pod => ({
  metadata: { name, uid: name, namespace: 'd', ...(deletionTimestamp && { deletionTimestamp }) },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

test('ready and other addresses stand apart, sorted, on the same ports', () => {
  const { subsets } = endpointSubsets(service, [
    pod('b', '10.0.0.2'),
    pod('a', '10.0.0.1'),
    pod('c', '10.0.0.3', false),
    pod('d', '10.0.0.4', true, '2025-01-01T00:00:00Z'),
  ]);
  assert.equal(subsets.length, 1);
  assert.deepEqual(
    subsets[0]?.addresses?.map((a) => a.ip),
    ['10.0.0.1', '10.0.0.2'],
  );
  assert.deepEqual(
    subsets[0]?.notReadyAddresses?.map((a) => a.ip),
    ['10.0.0.3'],
  );
  assert.deepEqual(subsets[0]?.ports, [{ port: 8080, protocol: 'TCP' }]);
});

test('at most a thousand addresses, ready ones first', () => {
  const pods = Array.from({ length: maxAddresses + 1 }, (_, i) => pod(`p${i}`, `10.1.${i >> 8}.${i & 255}`, i > 0));
  const { subsets, truncated } = endpointSubsets(service, pods);
  assert.equal(truncated, true);
  assert.equal(subsets[0]?.addresses?.length, maxAddresses);
  assert.equal(subsets[0]?.notReadyAddresses, undefined);
});

test('of what is too much each subset keeps its share', () => {
  const cases: [ready: number[], notReady: number[], keptReady: number[], keptNotReady: number[]][] = [
    [
      [100, 400],
      [100, 400],
      [100, 400],
      [100, 400],
    ],
    [
      [90, 110, 50, 10, 20],
      [101, 200, 200, 201, 298],
      [90, 110, 50, 10, 20],
      [73, 144, 144, 145, 214],
    ],
    [
      [205, 400, 402, 400, 693],
      [100, 200, 200, 200, 300],
      [98, 191, 192, 191, 328],
      [0, 0, 0, 0, 0],
    ],
  ];
  for (const [ready, notReady, keptReady, keptNotReady] of cases) {
    const some = (length = 0) => Array.from({ length }, () => ({ ip: '10.0.0.1' }));
    const subsets = ready.map((count, i) => ({ addresses: some(count), notReadyAddresses: some(notReady[i]) }));
    assert.equal(truncate(subsets), keptNotReady.join() !== notReady.join());
    assert.deepEqual(
      subsets.map(({ addresses, notReadyAddresses }) => [addresses.length, notReadyAddresses.length]),
      keptReady.map((count, i) => [count, keptNotReady[i]]),
    );
  }
});
