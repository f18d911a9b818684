import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, Pod } from '@t8s/api';
import type { ResourceAttributes, Verdict } from '../rbac/attributes.ts';
import { nodeAuthorizer } from './node-authorizer.ts';
import { NodeGraph } from './node-graph.ts';

const pod = (nodeName: string, annotations?: Record<string, string>): Pod => ({
  metadata: { name: 'web', namespace: 'a', uid: '1', ...(annotations && { annotations }) },
  spec: {
    nodeName,
    serviceAccountName: 'bot',
    imagePullSecrets: [{ name: 'pull' }],
    containers: [
      {
        name: 'c',
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'env', key: 'k' } } }],
        envFrom: [{ configMapRef: { name: 'all' } }],
      },
    ],
    volumes: [
      { name: 's', secret: { secretName: 'mounted' } },
      { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'both' } }] } },
      { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'e', ephemeral: {} },
    ],
  },
});

function setup(): {
  graph: NodeGraph;
  ask(resource: string, more?: Partial<ResourceAttributes> & { as?: string; groups?: string[] }): Verdict;
} {
  const graph = new NodeGraph();
  graph.setPod('a/web', pod('n1'));
  const volume = {
    metadata: { name: 'pv' },
    spec: {
      claimRef: { namespace: 'a', name: 'data' },
      csi: { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { name: 'stage', namespace: 'b' } },
    },
  };
  graph.setVolume('pv', volume as PersistentVolume);
  const authorize = nodeAuthorizer(graph);
  return {
    graph,
    ask: (resource, { as = 'n1', groups = ['system:nodes'], ...more } = {}) =>
      authorize({
        user: { name: `system:node:${as}`, groups },
        verb: 'get',
        group: '',
        resource,
        subresource: '',
        name: '',
        namespace: 'a',
        ...more,
      }),
  };
}

test('a node reads what its own pods need, and nothing of others', () => {
  const { graph, ask } = setup();
  const needed: [string, Partial<ResourceAttributes>][] = [
    ...['pull', 'env', 'mounted', 'projected'].map((name): [string, Partial<ResourceAttributes>] => ['secrets', { name }]),
    ['secrets', { name: 'stage', namespace: 'b' }],
    ['configmaps', { name: 'all' }],
    ['configmaps', { name: 'both', verb: 'watch' }],
    ['persistentvolumeclaims', { name: 'data' }],
    ['persistentvolumeclaims', { name: 'web-e' }],
    ['persistentvolumes', { name: 'pv', namespace: '' }],
    ['serviceaccounts', { name: 'bot', verb: 'create', subresource: 'token' }],
    ['pods', { name: 'web' }],
  ];
  const stranger = { decision: 'no-opinion', reason: "no relationship found between node 'n2' and this object" };
  for (const [resource, attributes] of needed) {
    assert.equal(ask(resource, attributes).decision, 'allow', `${resource} ${attributes.name}`);
    assert.deepEqual(ask(resource, { ...attributes, as: 'n2' }), stranger);
  }
  assert.equal(ask('secrets', { name: 'other' }).decision, 'no-opinion');
  assert.equal(ask('secrets', { name: '', verb: 'list' }).reason, 'No Object name found');
  graph.setPod('a/web', undefined);
  for (const [resource, attributes] of needed)
    assert.equal(ask(resource, attributes).decision, 'no-opinion', `${resource} ${attributes.name}`);
});

test('a pod the kubelet made itself opens nothing', () => {
  const { graph, ask } = setup();
  graph.setPod('a/web', {
    ...pod('n1', { 'kubernetes.io/config.mirror': 'x' }),
    metadata: { ...pod('n1').metadata, uid: '2', annotations: { 'kubernetes.io/config.mirror': 'x' } },
  });
  assert.equal(ask('secrets', { name: 'env' }).decision, 'no-opinion');
});

test('its own node, lease and pods; other resources by the role', () => {
  const { ask } = setup();
  const lease = { group: 'coordination.k8s.io', namespace: 'kube-node-lease' };
  for (const allowed of [
    ask('nodes', { name: 'n1', namespace: '' }),
    ask('nodes', { verb: 'patch', subresource: 'status', name: 'n1' }),
    ask('leases', { ...lease, verb: 'update', name: 'n1' }),
    ask('pods', { verb: 'watch', namespace: '', fields: { 'spec.nodeName': 'n1' } }),
    ask('services', { verb: 'list', namespace: '' }),
  ])
    assert.equal(allowed.decision, 'allow');
  assert.equal(ask('nodes', { verb: 'list', namespace: '' }).reason, "node 'n1' cannot read all nodes, only its own Node object");
  assert.equal(ask('nodes', { name: 'n2' }).reason, "node 'n1' cannot read 'n2', only its own Node object");
  assert.equal(
    ask('leases', { ...lease, verb: 'update', name: 'n2' }).reason,
    'can only access node lease with the same name as the requesting node',
  );
  assert.equal(
    ask('pods', { verb: 'list', fields: { 'spec.nodeName': 'n2' } }).reason,
    'can only list/watch pods with spec.nodeName field selector',
  );
  assert.equal(ask('deployments', { group: 'apps', verb: 'list' }).decision, 'no-opinion');
  assert.equal(ask('services', { groups: [] }).decision, 'no-opinion', 'who is not in the group of nodes is none');
  assert.equal(ask('services', { as: '' }).reason, 'unknown node for user "system:node:"');
});
