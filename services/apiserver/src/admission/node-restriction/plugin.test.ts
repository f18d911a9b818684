import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '@t8s/api';
import { createCertificateRequest, type ResourceAttributes } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';
import type { ResourceContext } from '../../context.ts';
import type { AdmissionRequest, Operation } from '../plugin.ts';
import { storeOf } from '../test-objects.ts';
import { forbiddenLabels } from './labels.ts';
import { nodeRestriction } from './plugin.ts';

const meta = (name: string, more: object = {}): KubeObject['metadata'] => ({ name, ...more });
const pod = (nodeName: string, more: object = {}): KubeObject =>
  ({
    metadata: meta('p', { namespace: 'd', uid: 'u', ...more }),
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  }) as KubeObject;
const withDriver = {
  metadata: meta('csi', { namespace: 'd', uid: 'c' }),
  spec: {
    nodeName: 'n1',
    containers: [],
    volumes: [
      { name: 't', projected: { sources: [{ serviceAccountToken: { path: 'x', audience: 'vault' } }] } },
      { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
    ],
  },
} as KubeObject;
const store = storeOf({
  pods: [pod('n2'), withDriver],
  nodes: [{ metadata: meta('n1', { uid: 'n1-uid' }) }],
  persistentvolumeclaims: [{ metadata: meta('data', { namespace: 'd' }), spec: { volumeName: 'pv' } } as KubeObject],
  persistentvolumes: [{ metadata: meta('pv'), spec: { csi: { driver: 'd.csi' } } } as KubeObject],
  csidrivers: [{ metadata: meta('d.csi'), spec: { tokenRequests: [{ audience: 'store' }] } } as KubeObject],
});
/** An administrator lets nodes ask for tokens of the account `bot` for `registry`. */
const plugin = nodeRestriction(store, (asked) => {
  const { verb, resource, name } = asked as ResourceAttributes;
  const isGranted = `${verb} ${resource} ${name}` === 'request-serviceaccounts-token-audience registry bot';
  return { decision: isGranted ? 'allow' : 'no-opinion', reason: '' };
});

interface Asked {
  operation?: Operation;
  resource: string;
  subresource?: string;
  name?: string;
  object?: object;
  old?: object;
  as?: string;
}

/** The refusal of a request by node n1, undefined where it is let through. */
async function refusal({ operation = 'UPDATE', resource, subresource = '', name = 'n1', object, old, as = 'system:node:n1' }: Asked) {
  const kind = kinds.find((one) => one.resource === resource);
  const request = {
    operation,
    context: { user: { name: as, groups: as.startsWith('system:node') ? ['system:nodes'] : [] } } as unknown as ResourceContext,
    resource: { kind, storage: resource },
    subresource,
    kind,
    namespace: 'd',
    name,
    object: object as KubeObject | undefined,
    old: old as KubeObject | undefined,
    dryRun: false,
    options: undefined,
  } as AdmissionRequest;
  try {
    await plugin.review?.(request);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('a node changes its own node only, and neither taints, owners nor labels that others rely on', async () => {
  const node = (more: object = {}, spec: object = {}): KubeObject => ({ metadata: meta('n1', more), spec }) as KubeObject;
  assert.equal(
    await refusal({ resource: 'nodes', object: node({ labels: { 'kubernetes.io/os': 'linux', mine: 'x' } }), old: node() }),
    undefined,
  );
  assert.equal(
    await refusal({ resource: 'nodes', name: 'n2', object: node(), old: node() }),
    'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
  );
  assert.match(
    (await refusal({ resource: 'nodes', object: node({}, { taints: [{ key: 'k', effect: 'NoSchedule' }] }), old: node() })) ?? '',
    /not allowed to modify taints$/,
  );
  assert.match(
    (await refusal({ resource: 'nodes', object: node({ ownerReferences: [{ uid: '1' }] }), old: node() })) ?? '',
    /ownerReferences$/,
  );
  const labels = { 'node-restriction.kubernetes.io/team': 'a', 'node-role.kubernetes.io/control-plane': '' };
  assert.match(
    (await refusal({ resource: 'nodes', object: node(), old: node({ labels }) })) ?? '',
    /is not allowed to modify labels: node-restriction.kubernetes.io\/team, node-role/,
  );
  assert.match(
    (await refusal({ operation: 'CREATE', resource: 'nodes', object: node({ labels }) })) ?? '',
    /is not allowed to set the following labels/,
  );
  assert.equal(
    await refusal({ resource: 'nodes', name: 'n2', object: node(), old: node(), as: 'ann' }),
    undefined,
    'others are none of its business',
  );
});

test('of pods it deletes, evicts and reports its own', async () => {
  const foreign = { operation: 'DELETE' as const, resource: 'pods', name: 'p' };
  assert.equal(await refusal({ ...foreign, old: pod('n1') }), undefined);
  assert.match((await refusal({ ...foreign, old: pod('n2') })) ?? '', /can only delete pods with spec.nodeName set to itself$/);
  const status = { resource: 'pods', subresource: 'status', name: 'p' };
  assert.equal(await refusal({ ...status, object: pod('n1'), old: pod('n1') }), undefined);
  assert.match((await refusal({ ...status, object: pod('n2'), old: pod('n2') })) ?? '', /can only update pod status for pods/);
  assert.match(
    (await refusal({ ...status, object: pod('n1', { labels: { a: 'b' } }), old: pod('n1') })) ?? '',
    /cannot update labels through pod status$/,
  );
  assert.match(
    (await refusal({ operation: 'CREATE', resource: 'pods', subresource: 'eviction', name: 'p', object: pod('n1') })) ?? '',
    /node n1 can only evict pods/,
  );
});

test('it creates mirror pods that it owns and that open nothing', async () => {
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1-uid', controller: true };
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  const mirror = (spec: object = {}, more: object = {}): object => ({
    metadata: meta('p', { namespace: 'd', annotations, ownerReferences: [owner], ...more }),
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...spec },
  });
  const make = (object: object): Promise<string | undefined> => refusal({ operation: 'CREATE', resource: 'pods', name: 'p', object });
  assert.equal(await make(mirror()), undefined);
  assert.match((await make(mirror({}, { annotations: {} }))) ?? '', /can only create mirror pods$/);
  assert.match((await make(mirror({}, { ownerReferences: [] }))) ?? '', /with an owner reference set to itself$/);
  assert.match((await make(mirror({}, { ownerReferences: [{ ...owner, uid: 'other' }] }))) ?? '', /UID mismatch/);
  assert.match((await make(mirror({ nodeName: 'n2' }))) ?? '', /spec.nodeName set to itself$/);
  assert.match((await make(mirror({ serviceAccountName: 'a' }))) ?? '', /reference a service account$/);
  assert.match((await make(mirror({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }))) ?? '', /reference secrets$/);
});

test('it asks for tokens of pods that it runs', async () => {
  const ask = (boundObjectRef: object | undefined, ...audiences: string[]): Promise<string | undefined> =>
    refusal({
      operation: 'CREATE',
      resource: 'serviceaccounts',
      subresource: 'token',
      name: 'bot',
      object: { metadata: {}, spec: { boundObjectRef, audiences } },
    });
  assert.match((await ask(undefined)) ?? '', /not bound to a pod$/);
  assert.match((await ask({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' })) ?? '', /scheduled on a different node$/);
  assert.match((await ask({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'x' })) ?? '', /does not match the UID in record/);
  const own = { apiVersion: 'v1', kind: 'Pod', name: 'csi', uid: 'c' };
  for (const audience of ['vault', 'store', 'registry']) assert.equal(await ask(own, audience), undefined, audience);
  assert.match(
    (await ask(own, 'other')) ?? '',
    /audience "other" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience$/,
  );
  assert.match((await ask(own, 'vault', 'store')) ?? '', /node may only request 0 or 1 audiences$/);
});

test('labels: one’s own and what kubelets are to tell', () => {
  const may = [
    'a',
    'acme.com/x',
    'kubernetes.io/hostname',
    'node.kubernetes.io/x',
    'topology.kubernetes.io/zone',
    'sub.kubelet.kubernetes.io/x',
  ];
  assert.deepEqual(forbiddenLabels(Object.fromEntries(may.map((name) => [name, '1']))), []);
  const mayNot = ['k8s.io/x', 'kubernetes.io/x', 'node-restriction.kubernetes.io/x', 'x.node-restriction.kubernetes.io/x'];
  assert.deepEqual(forbiddenLabels(Object.fromEntries(mayNot.map((name) => [name, '1']))), mayNot);
});

test('a node asks for certificates of its own name only', async () => {
  const asks = async (commonName: string, signer: string): Promise<string | undefined> => {
    const { request } = await createCertificateRequest({ commonName, organizations: ['system:nodes'] });
    const spec = { signerName: `kubernetes.io/${signer}`, request: Buffer.from(request).toString('base64') };
    return refusal({ operation: 'CREATE', resource: 'certificatesigningrequests', object: { metadata: {}, spec } });
  };
  assert.equal(await asks('system:node:n1', 'kubelet-serving'), undefined);
  assert.equal(await asks('jane', 'kube-apiserver-client'), undefined);
  for (const signer of ['kubelet-serving', 'kube-apiserver-client-kubelet'])
    assert.match((await asks('system:node:n2', signer)) ?? '', /: can only create a node CSR with CN=system:node:n1$/);
  const spec = { signerName: 'kubernetes.io/kubelet-serving', request: 'anVuaw==' };
  const answer = await refusal({ operation: 'CREATE', resource: 'certificatesigningrequests', object: { metadata: {}, spec } });
  assert.match(answer ?? '', /unable to parse csr: /);
});
