/** Verdicts that depend on a name, a path, or where nodes are concerned on what runs there: `who | verb | what | place | name | answer`. */
const who: Readonly<Record<string, [user: string, ...groups: string[]]>> = {
  anonymous: ['system:anonymous', 'system:unauthenticated'],
  known: ['nobody', 'system:authenticated'],
  monitor: ['prometheus', 'system:monitoring', 'system:authenticated'],
  account: ['system:serviceaccount:team:default', 'system:serviceaccounts', 'system:authenticated'],
  ada: ['ada', 'system:authenticated'],
  ed: ['ed', 'system:authenticated'],
  vic: ['vic', 'system:authenticated'],
  scheduler: ['system:kube-scheduler', 'system:authenticated'],
  manager: ['system:kube-controller-manager', 'system:authenticated'],
  certificates: ['system:serviceaccount:kube-system:certificate-controller', 'system:serviceaccounts', 'system:authenticated'],
  aggregation: ['system:serviceaccount:kube-system:clusterrole-aggregation-controller', 'system:authenticated'],
  signer: ['system:serviceaccount:kube-system:bootstrap-signer', 'system:authenticated'],
  hpa: ['system:serviceaccount:kube-system:horizontal-pod-autoscaler', 'system:authenticated'],
  n1: ['system:node:n1', 'system:nodes', 'system:authenticated'],
  n2: ['system:node:n2', 'system:nodes', 'system:authenticated'],
  impostor: ['system:node:n1', 'system:authenticated'],
  nameless: ['system:node:', 'system:nodes', 'system:authenticated'],
};

const stranger = "no: no relationship found between node 'n2' and this object";
const reads = 'can only read resources of this type';

/** Several words stand for as many verdicts. n1 runs a pod of team that mounts the secret and the config map `own` and the claim `own`. */
const table = `
anonymous | get | /healthz /livez /readyz /version /version/ | | | yes: RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"
anonymous | get | /api /apis /metrics /openapi/v2 /healthz/etcd /logs / /openid/v1/jwks | | | no
anonymous | post put delete | /healthz /version | | | no
anonymous | get list create | pods secrets nodes namespaces | team | | no
known | get | /api /api/v1 /apis /apis/apps/v1 /openapi /openapi/v3 | | | yes: RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"
known | get | /healthz /livez /readyz /version | | | yes
known | get | /metrics /healthz/etcd /livez/ping /logs /debug/pprof | | | no
known | post delete | /api /apis | | | no
monitor | get | /metrics /metrics/slis /healthz /healthz/etcd /livez/ping /readyz/log | | | yes
monitor | get | /logs /metrics/cadvisor /debug/pprof | | | no
account | get | /.well-known/openid-configuration /openid/v1/jwks | | | yes
known | get | /.well-known/openid-configuration /openid/v1/jwks | | | no
ada | get | pods | team | x | yes: RBAC: allowed by RoleBinding "ada/team" of ClusterRole "admin" to User "ada"
ada ed | impersonate | serviceaccounts | team | default | yes
vic | get | namespaces | team | team | yes
vic | get | namespaces | other | other | no
vic | impersonate | serviceaccounts | team | default | no
ada ed | impersonate | users groups serviceaccounts | | root | no
ada | escalate bind | roles.rbac.authorization.k8s.io | team | x | no
ada | bind | clusterroles.rbac.authorization.k8s.io | team | cluster-admin | no
aggregation | escalate | clusterroles.rbac.authorization.k8s.io | | admin | yes
scheduler | get update | leases.coordination.k8s.io | kube-system | kube-scheduler | yes
scheduler | get update | leases.coordination.k8s.io | kube-system | kube-controller-manager other | yes: RBAC: allowed by RoleBinding "system::leader-locking-kube-scheduler/kube-system" of Role "system::leader-locking-kube-scheduler" to User "system:kube-scheduler"
scheduler | delete patch | leases.coordination.k8s.io | kube-system | kube-scheduler | no
scheduler | get update | leases.coordination.k8s.io | team | other | no
scheduler | get | leases.coordination.k8s.io | team | kube-scheduler | yes
manager scheduler | get watch | configmaps | kube-system | extension-apiserver-authentication | yes
scheduler | get list watch | configmaps | kube-system | other | no
scheduler | get | configmaps | team | extension-apiserver-authentication | no
manager | update | leases.coordination.k8s.io | team | kube-controller-manager | yes
manager | update | leases.coordination.k8s.io | team | kube-scheduler | no
certificates | approve | signers.certificates.k8s.io | | kubernetes.io/kube-apiserver-client-kubelet | yes
certificates | approve | signers.certificates.k8s.io | | kubernetes.io/kube-apiserver-client kubernetes.io/kubelet-serving example.com/own | no
certificates | sign | signers.certificates.k8s.io | | kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown | yes
certificates | sign | signers.certificates.k8s.io | | example.com/own | no
signer | get list watch | secrets | kube-system | | yes
signer | get update | configmaps | kube-public | cluster-info | yes
signer | update | configmaps | kube-public | other | no
signer | get | secrets | team kube-public | | no
hpa | get update | deployments.apps/scale crontabs.example.com/scale | team | x | yes
hpa | get update | deployments.apps crontabs.example.com/status | team | x | no
hpa | list | pods.metrics.k8s.io | team | | yes
n1 | get list watch | secrets configmaps | team | own | yes
n2 | get list watch | secrets configmaps | team | own | ${stranger}
n1 | get | secrets configmaps persistentvolumeclaims | team | other | no: no relationship found between node 'n1' and this object
n1 | list watch | secrets configmaps | team | | no: No Object name found
n1 | create update patch delete deletecollection | secrets configmaps | team | own | no: ${reads}
n1 | get | persistentvolumeclaims pods serviceaccounts | team | own | yes
n2 | get | persistentvolumeclaims pods serviceaccounts | team | own | ${stranger}
n1 | create | serviceaccounts/token | team | own | yes
n2 | create | serviceaccounts/token | team | own | ${stranger}
n1 | list update delete | serviceaccounts | team | own | no: can only create tokens for individual service accounts
n1 | get | serviceaccounts/token | team | own | no: can only create tokens for individual service accounts
n1 | get | nodes | | n1 | yes
n1 | get | nodes | | n2 | no: node 'n1' cannot read 'n2', only its own Node object
n1 | list watch | nodes | | | no: node 'n1' cannot read all nodes, only its own Node object
n1 | update patch | nodes nodes/status | | n1 | yes
n1 | delete deletecollection | nodes | | n1 | no
n1 | create | nodes events | team | | yes
n1 | get list watch | services | team | | yes
n1 | create update patch delete | services endpoints deployments.apps | team | x | no
n1 | get list watch | namespaces deployments.apps jobs.batch nodes/proxy | team | x | no
n1 | get update patch delete | leases.coordination.k8s.io | kube-node-lease | n1 | yes
n1 | get update patch delete | leases.coordination.k8s.io | kube-node-lease | n2 | no: can only access node lease with the same name as the requesting node
n1 | get | leases.coordination.k8s.io | team | n1 | no: can only access leases in the "kube-node-lease" system namespace
n1 | list watch | leases.coordination.k8s.io | kube-node-lease | | no: can only get, create, update, patch, or delete a node lease
n1 | get update patch delete | csinodes.storage.k8s.io | | n1 | yes
n1 | get update patch delete | csinodes.storage.k8s.io | | n2 | no: can only access CSINode with the same name as the requesting node
n1 | get list watch | runtimeclasses.node.k8s.io csidrivers.storage.k8s.io | | | yes
n1 | create get list watch | certificatesigningrequests.certificates.k8s.io | | | yes
n1 | update patch delete | certificatesigningrequests.certificates.k8s.io | | x | no
n1 | create | certificatesigningrequests.certificates.k8s.io/selfnodeclient | | | yes
n1 | create | tokenreviews.authentication.k8s.io subjectaccessreviews.authorization.k8s.io | | | yes
n1 | create delete | pods | team | own | yes
n1 | create | pods/eviction | team | own | yes
n1 | update patch | pods/status | team | own | yes
n1 | update patch deletecollection | pods | team | own | no
n1 | create get | pods/exec pods/attach pods/portforward pods/binding | team | own | no
n1 | list watch | pods | team | | no: can only list/watch pods with spec.nodeName field selector
impostor | get | secrets configmaps nodes pods services | team | own | no
nameless | get | secrets nodes services | team | own | no: unknown node for user "system:node:"
`;

export interface Question {
  user: string;
  groups: readonly string[];
  verb: string;
  /** A path, or `resource.group/subresource`. */
  what: string;
  namespace: string;
  name: string;
}

export interface Expected extends Question {
  isAllowed: boolean;
  /** Told, where it is said. */
  reason: string | undefined;
}

export const single: readonly Expected[] = table
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line) => {
    const [names = '', verbs = '', things = '', places = '', objects = '', answer = ''] = line.split(/ *\| */);
    const [, isAllowed, reason] = /^(yes|no)(?:: (.*))?$/.exec(answer) ?? [];
    const each = (cell: string): string[] => (cell === '' ? [''] : cell.split(' '));
    return each(names).flatMap((one) =>
      each(verbs).flatMap((verb) =>
        each(things).flatMap((what) =>
          each(places).flatMap((namespace) =>
            each(objects).map((name) => {
              const [user = '', ...groups] = who[one] ?? [];
              return { user, groups, verb, what, namespace, name, isAllowed: isAllowed === 'yes', reason };
            }),
          ),
        ),
      ),
    );
  });
