/** What a verdict costs where a cluster has 10,000 bindings: of those who have one, of one who has a thousand, and of one who has none. */
import { type Attributes, defaultClusterRoleBindings, defaultClusterRoles, RbacPolicy } from '@t8s/auth';
import { percentile, type Result } from './result.ts';

const bindings = 10_000;
const namespaces = 500;
/** Of one team, each to a role of its own, all in one namespace. */
const ofTeam = 1000;
const asked = 20_000;

const apiGroup = 'rbac.authorization.k8s.io';
const subject = (kind: string, name: string) => ({ apiGroup, kind, name });
const resources = ['pods', 'secrets', 'configmaps', 'services', 'deployments', 'jobs'];

export function authorization(): Result[] {
  const rbac = policy();
  const users = (i: number): Attributes => ask(`user-${i % bindings}`, [], i);
  const cases: [who: string, question: (i: number) => Attributes][] = [
    ['one', users],
    [`${ofTeam} in one namespace`, (i) => ask('member', ['team'], i)],
    ['none', (i) => ask('nobody', ['a', 'b', 'c'], i)],
  ];
  return cases.map(([who, question]) => measure(who, rbac, question));
}

function policy(): RbacPolicy {
  const rbac = new RbacPolicy();
  for (const role of defaultClusterRoles) rbac.set('clusterroles', role.metadata.name ?? '', role);
  for (const binding of defaultClusterRoleBindings) rbac.set('clusterrolebindings', binding.metadata.name ?? '', binding);
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  for (let i = 0; i < bindings; i++) {
    const isOfTeam = i < ofTeam;
    const namespace = isOfTeam ? 'team' : `ns-${i % namespaces}`;
    const name = `binding-${i}`;
    const rules = resources.map((resource) => ({
      apiGroups: [''],
      resources: [resource],
      verbs,
      ...(isOfTeam && { resourceNames: [`object-${i}`] }),
    }));
    rbac.set('roles', `${namespace}/${name}`, { metadata: { namespace, name }, rules });
    const subjects = isOfTeam ? [subject('Group', 'team'), subject('User', `user-${i}`)] : [subject('User', `user-${i}`)];
    rbac.set('rolebindings', `${namespace}/${name}`, {
      metadata: { namespace, name },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects,
    });
  }
  return rbac;
}

/** Every other question is refused. */
function ask(name: string, groups: string[], i: number): Attributes {
  const isOfTeam = groups[0] === 'team';
  const number = Number(name.split('-')[1] ?? 0);
  return {
    user: { name, groups: [...groups, 'system:authenticated'] },
    verb: 'get',
    group: '',
    resource: i % 2 === 0 ? (resources[i % resources.length] ?? '') : 'nodes',
    subresource: '',
    name: isOfTeam ? `object-${i % ofTeam}` : 'x',
    namespace: isOfTeam ? 'team' : `ns-${number % namespaces}`,
  };
}

function measure(who: string, rbac: RbacPolicy, question: (i: number) => Attributes): Result {
  const questions = Array.from({ length: asked }, (_, i) => question(i));
  for (const one of questions.slice(0, asked / 10)) rbac.authorize(one);
  const times = questions.map((one) => {
    const start = process.hrtime.bigint();
    rbac.authorize(one);
    return Number(process.hrtime.bigint() - start) / 1000;
  });
  times.sort((a, b) => a - b);
  const figure = (p: number): string => `${percentile(times, p).toFixed(1)} µs`;
  return {
    work: `verdict, ${bindings} bindings, of who has ${who}`,
    value: figure(0.5),
    goal: '< 50 µs',
    upstream: '',
    detail: `p99 ${figure(0.99)}`,
  };
}
