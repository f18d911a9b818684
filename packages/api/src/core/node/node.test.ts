import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Node } from '../../generated/types.ts';
import { nodeKind } from './kind.ts';

const { strategy } = nodeKind;
const node = (spec: Node['spec'] = {}, status: NonNullable<Node['status']> = {}): Node => ({ metadata: { name: 'n' }, spec, status });
const messages = (of: Node): string[] => (strategy.validate?.(of) ?? []).map(fieldErrorMessage);

test('defaults: podCIDR and podCIDRs tell the same, allocatable is the capacity', () => {
  const of = node({ podCIDR: '10.244.1.0/24' }, { capacity: { cpu: '2' } });
  strategy.defaults?.(of);
  assert.deepEqual([of.spec.podCIDRs, of.status?.allocatable], [['10.244.1.0/24'], { cpu: '2' }]);
});

test('taints, amounts, pod networks', () => {
  const taint = { key: 'a', effect: 'NoSchedule' };
  assert.deepEqual(messages(node({ taints: [taint, { ...taint, effect: 'NoExecute' }] }, { capacity: { cpu: '1500m', pods: '110' } })), []);
  assert.deepEqual(messages(node({ taints: [taint, { ...taint, value: 'x' }] })), [
    'metadata.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule","value":"x"}: taints must be unique by key and effect pair',
  ]);
  assert.deepEqual(messages(node({ taints: [{ key: 'a', effect: 'x' }] })), [
    'metadata.taints[0].effect: Unsupported value: "x": supported values: "NoExecute", "NoSchedule", "PreferNoSchedule"',
  ]);
  assert.deepEqual(messages(node({}, { capacity: { cpu: '-1', pods: '1500m', 'x.com/gpu': '500m' } })), [
    'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
    'status.capacity.pods: Invalid value: "1500m": must be an integer',
    'status.capacity.x.com/gpu: Invalid value: "500m": must be an integer',
  ]);
  assert.deepEqual(messages(node({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] })), [
    'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family',
  ]);
});

test('what is given once stays; status is written apart', () => {
  const old = node({ podCIDRs: ['10.0.0.0/24'], providerID: 'p' }, { phase: 'x' });
  const update = node({ podCIDRs: ['10.0.1.0/24'], providerID: 'q' });
  assert.deepEqual((strategy.validateUpdate?.(update, old) ?? []).map(fieldErrorMessage), [
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  ]);
  assert.deepEqual(strategy.validateUpdate?.(old, node()), []);
  strategy.prepareForUpdate?.(update, old);
  assert.deepEqual(update.status, { phase: 'x' });
  const address = { type: 'InternalIP', address: '10.0.0.1' };
  const twice = node({}, { addresses: [address, address] });
  assert.deepEqual((nodeKind.subresources?.status?.validate?.(twice, twice) ?? []).map(fieldErrorMessage), [
    'status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"10.0.0.1"}',
  ]);
});

test('columns as kubectl get nodes -o wide shows them', () => {
  const of: Node = {
    metadata: { name: 'n', labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' } },
    spec: { unschedulable: true },
    status: { conditions: [{ type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] },
  };
  const row = nodeKind.columns?.map((column) => column.cell(of, 0));
  assert.deepEqual(row, [
    'n',
    'Ready,SchedulingDisabled',
    'control-plane,worker',
    '<unknown>',
    '',
    '10.0.0.1',
    '<none>',
    '<unknown>',
    '<unknown>',
    '<unknown>',
  ]);
  assert.equal(nodeKind.columns?.[1]?.cell(node(), 0), 'Unknown');
  assert.deepEqual(nodeKind.selectableFields?.(of), { 'spec.unschedulable': 'true' });
});
