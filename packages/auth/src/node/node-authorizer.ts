/** What kubelets may do: upstream's Node authorizer (v1.34, with selectors, KEP-4601). */
import type { Requester } from '@t8s/api';
import type { Attributes, Authorizer, ResourceAttributes, Verdict } from '../rbac/attributes.ts';
import { nodeRules } from '../rbac/bootstrap/component-roles.ts';
import { bucketKeys, GrantIndex } from '../rbac/grant-index.ts';
import type { NodeGraph } from './node-graph.ts';
import type { Reachable } from './pod-references.ts';

const userPrefix = 'system:node:';
const group = 'system:nodes';
const leaseNamespace = 'kube-node-lease';

const allow: Verdict = { decision: 'allow', reason: '' };
const refuse = (reason = ''): Verdict => ({ decision: 'no-opinion', reason });

/** The node somebody is; '' for a node without a name, undefined for others. */
export function nodeOf({ name, groups }: Pick<Requester, 'name' | 'groups'>): string | undefined {
  return name.startsWith(userPrefix) && groups.includes(group) ? name.slice(userPrefix.length) : undefined;
}

type Rule = (node: string, attributes: ResourceAttributes, graph: NodeGraph) => Verdict;

/** By `group/resource`; all other resources go by the rules of the role system:node. */
const rules: Record<string, Rule> = {
  '/secrets': read('secrets'),
  '/configmaps': read('configmaps'),
  '/persistentvolumeclaims': (node, attributes, graph) =>
    (attributes.subresource === 'status' ? setStatus : get('persistentvolumeclaims'))(node, attributes, graph),
  '/persistentvolumes': get('persistentvolumes'),
  'storage.k8s.io/volumeattachments': get('volumeattachments'),
  // Of accounts those whose tokens it pulls images with (KEP-4412).
  '/serviceaccounts': (node, attributes, graph) =>
    (attributes.verb === 'get' && attributes.subresource === '' ? get('serviceaccounts') : createToken)(node, attributes, graph),
  'coordination.k8s.io/leases': lease,
  'storage.k8s.io/csinodes': csiNode,
  '/nodes': ownNode,
  '/pods': ownPods,
};

const byRole = new GrantIndex<Verdict>();
for (const rule of nodeRules) byRole.add(rule, allow);

export function nodeAuthorizer(graph: NodeGraph): Authorizer {
  return (attributes: Attributes) => {
    const node = nodeOf(attributes.user);
    if (node === undefined) return refuse();
    if (node === '') return refuse(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
    const rule = 'path' in attributes ? undefined : rules[`${attributes.group}/${attributes.resource}`];
    if (rule && !('path' in attributes)) return rule(node, attributes, graph);
    return byRole.find(attributes, bucketKeys(attributes)) ?? refuse();
  };
}

function related(resource: Reachable): Rule {
  return (node, { namespace, name }, graph) => {
    if (name === '') return refuse('No Object name found');
    const reached = graph.reaches(node, `${resource} ${namespace === '' ? name : `${namespace}/${name}`}`);
    return reached ? allow : refuse(`no relationship found between node '${node}' and this object`);
  };
}

function get(resource: Reachable): Rule {
  const check = related(resource);
  return (node, attributes, graph) => {
    if (attributes.verb !== 'get') return refuse('can only get individual resources of this type');
    if (attributes.subresource !== '') return refuse('cannot get subresource');
    return check(node, attributes, graph);
  };
}

function read(resource: Reachable): Rule {
  const check = related(resource);
  return (node, attributes, graph) => {
    if (!['get', 'list', 'watch'].includes(attributes.verb)) return refuse('can only read resources of this type');
    if (attributes.subresource !== '') return refuse('cannot read subresource');
    if (attributes.namespace === '') return refuse('can only read namespaced object of this type');
    return check(node, attributes, graph);
  };
}

function setStatus(node: string, attributes: ResourceAttributes, graph: NodeGraph): Verdict {
  if (!['update', 'patch'].includes(attributes.verb)) return refuse('can only get/update/patch this type');
  return related('persistentvolumeclaims')(node, attributes, graph);
}

function createToken(node: string, attributes: ResourceAttributes, graph: NodeGraph): Verdict {
  const { verb, name, subresource } = attributes;
  if (verb !== 'create' || name === '') return refuse('can only create tokens for individual service accounts');
  if (subresource !== 'token') return refuse('can only create token subresource of serviceaccount');
  return related('serviceaccounts')(node, attributes, graph);
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];

function lease(node: string, { verb, namespace, name }: ResourceAttributes): Verdict {
  if (!ownVerbs.includes(verb)) return refuse('can only get, create, update, patch, or delete a node lease');
  if (namespace !== leaseNamespace) return refuse(`can only access leases in the "${leaseNamespace}" system namespace`);
  // A create's name is in its body: NodeRestriction looks at it.
  if (verb !== 'create' && name !== node) return refuse('can only access node lease with the same name as the requesting node');
  return allow;
}

function csiNode(node: string, { verb, subresource, name }: ResourceAttributes): Verdict {
  if (!ownVerbs.includes(verb)) return refuse('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return refuse('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) return refuse('can only access CSINode with the same name as the requesting node');
  return allow;
}

function ownNode(node: string, { verb, subresource, name }: ResourceAttributes): Verdict {
  const isWrite = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return isWrite ? allow : refuse();
  if (subresource !== '') return refuse();
  // Which node it writes is NodeRestriction's matter.
  if (isWrite || verb === 'create') return allow;
  if (!['get', 'list', 'watch'].includes(verb)) return refuse();
  if (name === node) return allow;
  return refuse(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}

function ownPods(node: string, attributes: ResourceAttributes, graph: NodeGraph): Verdict {
  const { verb, subresource, name, fields } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : refuse();
  if (subresource === 'eviction') return verb === 'create' ? allow : refuse();
  if (subresource !== '') return refuse();
  if (verb === 'create' || verb === 'delete') return allow;
  if (verb === 'get') return get('pods')(node, attributes, graph);
  if (verb !== 'list' && verb !== 'watch') return refuse();
  if (fields?.['spec.nodeName'] === node) return allow;
  return name === '' ? refuse('can only list/watch pods with spec.nodeName field selector') : related('pods')(node, attributes, graph);
}
