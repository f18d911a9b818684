/** What the parts of a cluster and its add-ons are given: upstream's default roles (v1.34). */
import type { PolicyRule } from '@t8s/api';
import { pathRule, read, recordEvents, rule } from './rule.ts';

const mayAskWho = rule('create', 'authentication.k8s.io', 'tokenreviews');
const mayAskWhat = rule('create', 'authorization.k8s.io', 'subjectaccessreviews');

/** The lease by which several of a kind agree on one. */
const lead = (name: string): PolicyRule[] => [
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', name),
];

const approver = (signer: string): PolicyRule[] => [rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`)];
const signing = 'system:certificates.k8s.io:';

/** The Node authorizer narrows these down to what a node's own pods need. */
export const nodeRules: readonly PolicyRule[] = [
  mayAskWho,
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  rule(read, 'core', 'services'),
  rule(`create ${read}`, 'core', 'nodes'),
  rule('patch update', 'core', 'nodes/status'),
  rule('patch update', 'core', 'nodes'),
  rule('create patch update', 'core', 'events'),
  rule(read, 'core', 'pods'),
  rule('create delete', 'core', 'pods'),
  rule('patch update', 'core', 'pods/status'),
  rule('create', 'core', 'pods/eviction'),
  rule(read, 'core', 'configmaps secrets'),
  rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  rule('get', 'core', 'endpoints'),
  rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
  rule('get', 'storage.k8s.io', 'volumeattachments'),
  rule('create', 'core', 'serviceaccounts/token'),
  rule('get patch update', 'core', 'persistentvolumeclaims/status'),
  rule(read, 'storage.k8s.io', 'csidrivers'),
  rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  rule(read, 'node.k8s.io', 'runtimeclasses'),
  rule('get', 'resource.k8s.io', 'resourceclaims'),
  rule('deletecollection', 'resource.k8s.io', 'resourceslices'),
  rule('get', 'core', 'serviceaccounts'),
];

export const componentRoles: Record<string, readonly PolicyRule[]> = {
  'system:node': nodeRules,
  'system:node-proxier': [
    rule('list watch', 'core', 'endpoints services'),
    rule(read, 'core', 'nodes'),
    recordEvents,
    rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    rule('list watch', 'networking.k8s.io', 'servicecidrs'),
  ],
  'system:kube-scheduler': [
    recordEvents,
    ...lead('kube-scheduler'),
    rule(read, 'core', 'nodes'),
    rule(`delete ${read}`, 'core', 'pods'),
    rule('create', 'core', 'bindings pods/binding'),
    rule('patch update', 'core', 'pods/status'),
    rule(read, 'core', 'replicationcontrollers services'),
    rule(read, 'apps extensions', 'replicasets'),
    rule(read, 'apps', 'statefulsets'),
    rule(read, 'policy', 'poddisruptionbudgets'),
    rule(read, 'core', 'persistentvolumeclaims persistentvolumes'),
    mayAskWho,
    mayAskWhat,
    rule(read, 'storage.k8s.io', 'csinodes'),
    rule(read, 'core', 'namespaces'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule(read, 'storage.k8s.io', 'csistoragecapacities'),
    rule(read, 'storage.k8s.io', 'volumeattachments'),
    rule(read, 'resource.k8s.io', 'deviceclasses'),
    rule(`${read} patch update`, 'resource.k8s.io', 'resourceclaims'),
    rule(`${read} patch update`, 'resource.k8s.io', 'resourceclaims/status'),
    rule(`${read} patch update`, 'core', 'pods/finalizers'),
    rule(read, 'resource.k8s.io', 'resourceslices'),
  ],
  'system:volume-scheduler': [
    rule(`${read} patch update`, 'core', 'persistentvolumes'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule(`${read} patch update`, 'core', 'persistentvolumeclaims'),
  ],
  'system:kube-controller-manager': [
    recordEvents,
    ...lead('kube-controller-manager'),
    rule('create', 'core', 'secrets serviceaccounts'),
    rule('delete', 'core', 'secrets'),
    rule('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
    rule('update', 'core', 'secrets serviceaccounts'),
    mayAskWho,
    mayAskWhat,
    rule('list watch', '*', '*'),
    rule('create', 'core', 'serviceaccounts/token'),
  ],
  'system:kube-dns': [rule('list watch', 'core', 'endpoints services')],
  'system:kube-aggregator': [rule(read, 'core', 'endpoints services')],
  'system:auth-delegator': [mayAskWho, mayAskWhat],
  'system:heapster': [rule(read, 'core', 'events namespaces nodes pods'), rule(read, 'extensions', 'deployments')],
  'system:kubelet-api-admin': [
    rule(read, 'core', 'nodes'),
    rule('proxy', 'core', 'nodes'),
    rule('*', 'core', 'nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats'),
  ],
  'system:node-bootstrapper': [rule(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests')],
  'system:node-problem-detector': [rule('get', 'core', 'nodes'), rule('patch', 'core', 'nodes/status'), recordEvents],
  'system:persistent-volume-provisioner': [
    rule(`create delete ${read}`, 'core', 'persistentvolumes'),
    rule(`${read} update`, 'core', 'persistentvolumeclaims'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('watch', 'core', 'events'),
    recordEvents,
  ],
  'system:service-account-issuer-discovery': [
    pathRule('get', '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/'),
  ],
  [`${signing}certificatesigningrequests:nodeclient`]: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')],
  [`${signing}certificatesigningrequests:selfnodeclient`]: [
    rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'),
  ],
  [`${signing}kube-apiserver-client-approver`]: approver('kube-apiserver-client'),
  [`${signing}kube-apiserver-client-kubelet-approver`]: approver('kube-apiserver-client-kubelet'),
  [`${signing}kubelet-serving-approver`]: approver('kubelet-serving'),
  [`${signing}legacy-unknown-approver`]: approver('legacy-unknown'),
};
