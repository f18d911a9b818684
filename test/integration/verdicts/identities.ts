/**
 * Who may do what of it, as upstream documents its default roles (kubernetes.io: "Using RBAC Authorization", "Using Node Authorization",
 * kubeadm's identities; the tables of `kubectl describe clusterrole` of v1.34). All that is not said is refused.
 */
const read = 'get list watch';
const write = 'create update patch delete deletecollection';
const all = `${read} ${write}`;
const events = { 'create update patch': { '': 'events', 'events.k8s.io': 'events' } };

/** Resources by verbs, then by group; `*` is all. */
export type May = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Identity {
  user: string;
  groups?: readonly string[];
  /** What it may do where it is bound: everywhere, unless `home` is set. */
  may: readonly May[];
  /** The one namespace it is bound in. */
  home?: string;
}

/** What everybody who is known may ask of himself. */
const known: May = {
  create: { 'authorization.k8s.io': 'selfsubjectaccessreviews selfsubjectrulesreviews', 'authentication.k8s.io': 'selfsubjectreviews' },
};

const view: May = {
  [read]: {
    '': `bindings configmaps endpoints events limitranges namespaces namespaces/status persistentvolumeclaims
      persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers replicationcontrollers/scale
      replicationcontrollers/status resourcequotas resourcequotas/status serviceaccounts services services/status`,
    apps: `controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets
      replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status`,
    autoscaling: 'horizontalpodautoscalers horizontalpodautoscalers/status',
    batch: 'cronjobs cronjobs/status jobs jobs/status',
    policy: 'poddisruptionbudgets poddisruptionbudgets/status',
    'networking.k8s.io': 'ingresses ingresses/status networkpolicies',
    'discovery.k8s.io': 'endpointslices',
    'resource.k8s.io': 'resourceclaims resourceclaimtemplates',
  },
};
const edit: May = {
  [read]: { '': 'secrets pods/attach pods/exec pods/portforward pods/proxy services/proxy' },
  [write]: {
    '': `configmaps events persistentvolumeclaims pods pods/attach pods/exec pods/portforward pods/proxy replicationcontrollers
      replicationcontrollers/scale secrets serviceaccounts services services/proxy`,
    apps: 'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    autoscaling: 'horizontalpodautoscalers',
    batch: 'cronjobs jobs',
    policy: 'poddisruptionbudgets',
    'networking.k8s.io': 'ingresses networkpolicies',
    'resource.k8s.io': 'resourceclaims resourceclaimtemplates',
  },
  create: { '': 'pods/eviction serviceaccounts/token' },
  [all]: { 'coordination.k8s.io': 'leases' },
};
const admin: May = {
  [all]: { 'rbac.authorization.k8s.io': 'rolebindings roles' },
  create: { 'authorization.k8s.io': 'localsubjectaccessreviews' },
};

const account = (name: string, ...may: May[]): Identity => ({
  user: `system:serviceaccount:kube-system:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
  may,
});

const takePods: May = { 'list watch create patch delete': { '': 'pods' } };

export const identities: Readonly<Record<string, Identity>> = {
  'cluster-admin': { user: 'root', groups: ['system:masters'], may: [{ '*': { '*': '*' } }] },
  'kubeadm’s administrators': { user: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'], may: [{ '*': { '*': '*' } }] },
  'who is known': { user: 'nobody', may: [] },
  'admin of team': { user: 'ada', home: 'team', may: [view, edit, admin] },
  'editor of team': { user: 'ed', home: 'team', may: [view, edit] },
  'viewer of team': { user: 'vic', home: 'team', may: [view] },
  'viewer of all': { user: 'vera', groups: ['auditors'], may: [view] },
  'a service account': {
    user: 'system:serviceaccount:team:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:team'],
    may: [],
  },
  'kube-scheduler': {
    user: 'system:kube-scheduler',
    may: [
      events,
      {
        [read]: {
          '': 'namespaces nodes persistentvolumeclaims persistentvolumes pods replicationcontrollers services',
          apps: 'replicasets statefulsets',
          policy: 'poddisruptionbudgets',
          'storage.k8s.io': 'csidrivers csinodes csistoragecapacities storageclasses volumeattachments',
          'resource.k8s.io': 'resourceclaims resourceslices',
        },
        create: {
          '': 'bindings pods/binding',
          'coordination.k8s.io': 'leases',
          'authentication.k8s.io': 'tokenreviews',
          'authorization.k8s.io': 'subjectaccessreviews',
        },
        delete: { '': 'pods' },
        'update patch': { '': 'persistentvolumeclaims persistentvolumes pods/status', 'resource.k8s.io': 'resourceclaims' },
      },
    ],
  },
  'kube-controller-manager': {
    user: 'system:kube-controller-manager',
    may: [
      events,
      {
        'list watch': { '*': '*' },
        get: { '': 'configmaps namespaces secrets serviceaccounts' },
        create: {
          '': 'secrets serviceaccounts serviceaccounts/token',
          'coordination.k8s.io': 'leases',
          'authentication.k8s.io': 'tokenreviews',
          'authorization.k8s.io': 'subjectaccessreviews',
        },
        update: { '': 'secrets serviceaccounts' },
        delete: { '': 'secrets' },
      },
    ],
  },
  'kube-proxy': {
    user: 'system:kube-proxy',
    may: [
      events,
      {
        'list watch': { '': 'endpoints services', 'discovery.k8s.io': 'endpointslices', 'networking.k8s.io': 'servicecidrs' },
        [read]: { '': 'nodes' },
      },
    ],
  },
  'a bootstrap token': {
    user: 'system:bootstrap:abcdef',
    groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'],
    may: [
      {
        [`create ${read}`]: { 'certificates.k8s.io': 'certificatesigningrequests' },
        create: { 'certificates.k8s.io': 'certificatesigningrequests/nodeclient' },
        get: { '': 'nodes' },
      },
    ],
  },
  'replicaset-controller': account('replicaset-controller', events, takePods, {
    [`${read} update`]: { apps: 'replicasets' },
    update: { apps: 'replicasets/status replicasets/finalizers' },
  }),
  'job-controller': account('job-controller', events, takePods, {
    [`${read} update patch`]: { batch: 'jobs' },
    update: { batch: 'jobs/status jobs/finalizers' },
  }),
  'namespace-controller': account('namespace-controller', {
    [`${read} delete deletecollection`]: { '*': '*' },
    update: { '': 'namespaces/finalize namespaces/status' },
  }),
  'generic-garbage-collector': account('generic-garbage-collector', events, { [`${read} update patch delete`]: { '*': '*' } }),
  'pvc-protection-controller': account('pvc-protection-controller', events, {
    [`${read} update`]: { '': 'persistentvolumeclaims' },
    [read]: { '': 'pods' },
  }),
  'clusterrole-aggregation-controller': account('clusterrole-aggregation-controller', {
    [`${read} update patch`]: { 'rbac.authorization.k8s.io': 'clusterroles' },
  }),
};

/** Everybody who is known is one of these, too. */
export const groupsOf = ({ groups = [] }: Identity): string[] => [...groups, 'system:authenticated'];

/** All that an identity may do, with what everybody may. */
export const allOf = ({ may }: Identity): readonly May[] => [...may, known];
