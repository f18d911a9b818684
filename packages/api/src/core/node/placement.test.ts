import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../generated/types.ts';
import { matchesNodeAffinity, matchesNodeSelector, tolerates, untoleratedTaint } from './placement.ts';

const node: Node = { metadata: { name: 'n1', labels: { disk: 'ssd', cores: '8' } }, spec: {} };

test('terms are alternatives, requirements of a term all count, an empty term matches nothing', () => {
  const ssd = { key: 'disk', operator: 'In', values: ['ssd'] };
  const many = { key: 'cores', operator: 'Gt', values: ['16'] };
  assert.equal(matchesNodeSelector({ nodeSelectorTerms: [{ matchExpressions: [ssd, many] }] }, node), false);
  assert.equal(matchesNodeSelector({ nodeSelectorTerms: [{ matchExpressions: [many] }, { matchExpressions: [ssd] }] }, node), true);
  assert.equal(matchesNodeSelector({ nodeSelectorTerms: [{}] }, node), false);
  assert.equal(
    matchesNodeSelector({ nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }] }, node),
    true,
  );
  assert.equal(matchesNodeAffinity({ containers: [], nodeSelector: { disk: 'hdd' } }, node), false);
});

test('tolerations', () => {
  const taint = { key: 'team', value: 'a', effect: 'NoSchedule' };
  assert.equal(tolerates({ key: 'team', value: 'a' }, taint), true);
  assert.equal(tolerates({ key: 'team', value: 'b' }, taint), false);
  assert.equal(tolerates({ operator: 'Exists' }, taint), true);
  assert.equal(tolerates({ key: 'team', operator: 'Exists', effect: 'NoExecute' }, taint), false);
  assert.equal(tolerates({ value: 'a' }, taint), false, 'an empty key needs Exists');
  assert.equal(untoleratedTaint([taint], [], ['NoExecute']), undefined);
  assert.equal(untoleratedTaint([taint], [], ['NoSchedule']), taint);
});
