/** What is asked about: resources of a cluster, by group, those within namespaces before the bar. */
export const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

const groups: Record<string, string> = {
  '': `bindings configmaps endpoints events limitranges persistentvolumeclaims persistentvolumeclaims/status pods pods/attach
    pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log pods/portforward pods/proxy pods/status podtemplates
    replicationcontrollers replicationcontrollers/scale replicationcontrollers/status resourcequotas resourcequotas/status secrets
    serviceaccounts serviceaccounts/token services services/proxy services/status
    | componentstatuses namespaces namespaces/finalize namespaces/status nodes nodes/proxy nodes/status persistentvolumes`,
  apps: `controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets
    replicasets/finalizers replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status |`,
  autoscaling: 'horizontalpodautoscalers horizontalpodautoscalers/status |',
  batch: 'cronjobs cronjobs/status jobs jobs/finalizers jobs/status |',
  policy: 'poddisruptionbudgets poddisruptionbudgets/status |',
  'networking.k8s.io': 'ingresses ingresses/status networkpolicies | ingressclasses servicecidrs',
  'discovery.k8s.io': 'endpointslices |',
  'coordination.k8s.io': 'leases |',
  'events.k8s.io': 'events |',
  'rbac.authorization.k8s.io': 'rolebindings roles | clusterrolebindings clusterroles',
  'authentication.k8s.io': '| selfsubjectreviews tokenreviews',
  'authorization.k8s.io': 'localsubjectaccessreviews | selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews',
  'storage.k8s.io': 'csistoragecapacities | csidrivers csinodes storageclasses volumeattachments',
  'scheduling.k8s.io': '| priorityclasses',
  'node.k8s.io': '| runtimeclasses',
  'certificates.k8s.io': '| certificatesigningrequests certificatesigningrequests/approval certificatesigningrequests/nodeclient',
  'admissionregistration.k8s.io': '| mutatingwebhookconfigurations validatingadmissionpolicies',
  'apiextensions.k8s.io': '| customresourcedefinitions',
  'apiregistration.k8s.io': '| apiservices',
  'resource.k8s.io': 'resourceclaims resourceclaimtemplates | resourceslices',
  'example.com': 'crontabs |',
};

export interface Thing {
  /** `pods/log`, `deployments.apps/scale`. */
  id: string;
  group: string;
  resource: string;
  subresource: string;
  namespaced: boolean;
}

export const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** `deployments/scale` of `apps` is `deployments.apps/scale`. */
export function idOf(group: string, name: string): string {
  const [resource = '', ...rest] = name.split('/');
  return [group === '' ? resource : `${resource}.${group}`, ...rest].join('/');
}

export const things: readonly Thing[] = Object.entries(groups).flatMap(([group, text]) =>
  text.split('|').flatMap((part, i) =>
    words(part).map((name) => {
      const [resource = '', subresource = ''] = name.split('/');
      return { id: idOf(group, name), group, resource, subresource, namespaced: i === 0 };
    }),
  ),
);
