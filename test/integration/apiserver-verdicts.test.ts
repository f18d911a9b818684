/** Thousands of verdicts of a running apiserver, Node and RBAC with the roles it begins with, beside what upstream documents. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  clusterRoleBindingKind,
  clusterRoleKind,
  namespaceKind,
  nodeKind,
  podKind,
  type RbacSubject,
  roleBindingKind,
  serviceAccountKind,
  subjectAccessReviewKind,
} from '@t8s/api';
import type { Client } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { type ControllerManager, startControllerManager } from './controller-manager.ts';
import { type Cluster, startCluster } from './harness.ts';
import { allOf, groupsOf, type Identity, identities, type May } from './verdicts/identities.ts';
import { type Expected, type Question, single } from './verdicts/single.ts';
import { idOf, type Thing, things, verbs, words } from './verdicts/universe.ts';

let cluster: Cluster;
let manager: ControllerManager;
let admin: Client;

const apiGroup = 'rbac.authorization.k8s.io';
const clusterRole = (name: string) => ({ apiGroup, kind: 'ClusterRole', name });
const user = (name: string): RbacSubject => ({ apiGroup, kind: 'User', name });
const group = (name: string): RbacSubject => ({ apiGroup, kind: 'Group', name });

before(async () => {
  cluster = await startCluster();
  admin = cluster.api.admin;
  // Gathers what admin, edit and view are made of.
  manager = await startControllerManager(cluster, ['--controllers=clusterrole-aggregation-controller']);
  await Promise.all([bindPeople(), bindAsKubeadm(), runPod()]);
  const expected = { user: 'ada', groups: [], verb: 'create', what: 'pods', namespace: 'team', name: '' };
  await eventually(async () => assert.ok((await verdict(expected)).allowed, manager.output()), 20_000);
});
after(async () => {
  await manager.stop();
  await cluster.stop();
});

async function bindPeople(): Promise<void> {
  await admin.resource(namespaceKind).create({ metadata: { name: 'team' }, spec: {} });
  const bindings = admin.resource(roleBindingKind);
  for (const [name, role] of Object.entries({ ada: 'admin', ed: 'edit', vic: 'view' }))
    await bindings.create({ metadata: { name, namespace: 'team' }, roleRef: clusterRole(role), subjects: [user(name)] });
  await admin
    .resource(clusterRoleBindingKind)
    .create({ metadata: { name: 'auditors' }, roleRef: clusterRole('view'), subjects: [group('auditors')] });
}

/** What `kubeadm init` grants. */
async function bindAsKubeadm(): Promise<void> {
  const getNodes = { metadata: { name: 'kubeadm:get-nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] };
  await admin.resource(clusterRoleKind).create(getNodes);
  const [tokens, nodes] = ['system:bootstrappers:kubeadm:default-node-token', 'system:nodes'];
  const ofRequests = 'system:certificates.k8s.io:certificatesigningrequests';
  for (const [name, role, to] of [
    ['cluster-admins', 'cluster-admin', 'kubeadm:cluster-admins'],
    ['get-nodes', 'kubeadm:get-nodes', tokens],
    ['kubelet-bootstrap', 'system:node-bootstrapper', tokens],
    ['node-autoapprove-bootstrap', `${ofRequests}:nodeclient`, tokens],
    ['node-autoapprove-certificate-rotation', `${ofRequests}:selfnodeclient`, nodes],
  ] as const)
    await admin
      .resource(clusterRoleBindingKind)
      .create({ metadata: { name: `kubeadm:${name}` }, roleRef: clusterRole(role), subjects: [group(to)] });
}

/** A pod of the node n1 that needs things named `own`. */
async function runPod(): Promise<void> {
  const name = 'own';
  const namespace = 'team';
  for (const node of ['n1', 'n2']) await admin.resource(nodeKind).create({ metadata: { name: node }, spec: {} });
  await eventually(() => admin.resource(serviceAccountKind).create({ metadata: { name, namespace } }));
  const volumes = [
    { name: 's', secret: { secretName: name } },
    { name: 'c', configMap: { name } },
    { name: 'd', persistentVolumeClaim: { claimName: name } },
  ];
  const spec = { nodeName: 'n1', serviceAccountName: name, containers: [{ name: 'c', image: 'i' }], volumes };
  await admin.resource(podKind).create({ metadata: { name, namespace }, spec });
}

async function verdict({
  user: name,
  groups,
  verb,
  what,
  namespace,
  name: object,
}: Question): Promise<{ allowed: boolean; reason: string }> {
  const [, resource = '', of = '', subresource = ''] = /^([^./]+)(?:\.([^/]+))?(?:\/(.+))?$/.exec(what) ?? [];
  const asked = what.startsWith('/')
    ? { nonResourceAttributes: { verb, path: what } }
    : { resourceAttributes: { verb, group: of, resource, subresource, namespace, name: object } };
  const spec = { user: name, groups: [...groups], ...asked };
  const { status } = await admin.resource(subjectAccessReviewKind).create({ metadata: {}, spec });
  return { allowed: status?.allowed ?? false, reason: status?.reason ?? '' };
}

/** Resolves with what came out otherwise. */
async function wrong(all: readonly Expected[]): Promise<string[]> {
  const found: string[] = [];
  const rest = all.values();
  const ask = async (): Promise<void> => {
    for (const one of rest) {
      const { allowed, reason } = await verdict(one);
      const isTold = one.reason === undefined || one.reason === reason;
      if (allowed !== one.isAllowed || !isTold) found.push(`${JSON.stringify(one)}: ${allowed ? 'yes' : 'no'}: ${reason}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, ask));
  return found;
}

function allows(may: May, verb: string, { id }: Thing): boolean {
  const names = (cell: string, one: string): boolean => cell === '*' || words(cell).includes(one);
  return Object.entries(may).some(
    ([verbCell, byGroup]) =>
      names(verbCell, verb) &&
      Object.entries(byGroup).some(
        ([groupCell, resources]) => resources === '*' || words(resources).some((name) => idOf(groupCell, name) === id),
      ),
  );
}

/** Every verb on everything; in other namespaces, and in all of them at once, a read and a write. */
function questions(identity: Identity): Expected[] {
  const groups = groupsOf(identity);
  return things.flatMap((thing) =>
    (thing.namespaced ? ['team', 'other', ''] : ['']).flatMap((namespace) =>
      (namespace === 'team' || !thing.namespaced ? verbs : ['list', 'create']).map((verb) => {
        const isBound = identity.home === undefined || identity.home === namespace;
        const may = allOf(identity).filter((one) => isBound || !identity.may.includes(one));
        const isAllowed = may.some((one) => allows(one, verb, thing));
        return { user: identity.user, groups, verb, what: thing.id, namespace, name: '', isAllowed, reason: undefined };
      }),
    ),
  );
}

test('the table is as long as it says', () => {
  const all = [...Object.values(identities).flatMap(questions), ...single];
  const [granted, refused] = [true, false].map((isAllowed) => all.filter((one) => one.isAllowed === isAllowed).length);
  assert.ok(all.length > 15_000 && (granted ?? 0) > 3000 && (refused ?? 0) > 10_000, `${granted} granted, ${refused} refused`);
});

for (const [who, identity] of Object.entries(identities))
  test(`what ${who} may do`, async () => {
    assert.deepEqual(await wrong(questions(identity)), []);
  });

test('by name, by path, and by what runs on a node; and why', async () => {
  assert.deepEqual(await wrong(single), []);
});

test('a list is judged by what it is narrowed to, said as text or as requirements', async () => {
  const narrowed = async (fieldSelector: object): Promise<boolean | undefined> => {
    const resourceAttributes = { verb: 'list', resource: 'pods', fieldSelector };
    const spec = { user: 'system:node:n1', groups: ['system:nodes'], resourceAttributes };
    return (await admin.resource(subjectAccessReviewKind).create({ metadata: {}, spec })).status?.allowed;
  };
  const requirement = (value: string): object => ({ requirements: [{ key: 'spec.nodeName', operator: 'In', values: [value] }] });
  assert.equal(await narrowed({ rawSelector: 'spec.nodeName=n1' }), true);
  assert.equal(await narrowed({ rawSelector: 'spec.nodeName=n2' }), false);
  assert.equal(await narrowed({ rawSelector: 'spec.nodeName!=n1' }), false);
  assert.equal(await narrowed(requirement('n1')), true);
  assert.equal(await narrowed(requirement('n2')), false);
});
