/** Every command of kubectl, in the order its help lists them. */
import type { ListedVerb, VerbBody } from './verb.ts';

const inGroup = (group: string, verbs: Record<string, [summary: string, load: () => Promise<VerbBody>]>): ListedVerb[] =>
  Object.entries(verbs).map(([name, [summary, load]]) => ({ name, summary, group, load }));

export const kubectlVerbs: readonly ListedVerb[] = [
  ...inGroup('Basic Commands (Beginner)', {
    create: ['Create a resource from a file or from stdin', async () => (await import('./create/create.ts')).createVerb],
    expose: [
      'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
      async () => (await import('./expose/expose.ts')).exposeVerb,
    ],
    run: ['Run a particular image on the cluster', async () => (await import('./run/run.ts')).runVerb],
    set: ['Set specific features on objects', async () => (await import('./set/set.ts')).setVerb],
  }),
  ...inGroup('Basic Commands (Intermediate)', {
    explain: ['Get documentation for a resource', async () => (await import('./explain/explain.ts')).explainVerb],
    get: ['Display one or many resources', async () => (await import('./get/get.ts')).getVerb],
    edit: ['Edit a resource on the server', async () => (await import('./edit/edit.ts')).editVerb],
    delete: [
      'Delete resources by file names, stdin, resources and names, or by resources and label selector',
      async () => (await import('./delete/delete.ts')).deleteVerb,
    ],
  }),
  ...inGroup('Deploy Commands', {
    rollout: ['Manage the rollout of a resource', async () => (await import('./rollout/rollout.ts')).rolloutVerb],
    scale: [
      'Set a new size for a deployment, replica set, or replication controller',
      async () => (await import('./scale/scale.ts')).scaleVerb,
    ],
    autoscale: [
      'Auto-scale a deployment, replica set, stateful set, or replication controller',
      async () => (await import('./autoscale/autoscale.ts')).autoscaleVerb,
    ],
  }),
  ...inGroup('Cluster Management Commands', {
    certificate: ['Modify certificate resources', async () => (await import('./certificate/certificate.ts')).certificateVerb],
    'cluster-info': ['Display cluster information', async () => (await import('./cluster-info/cluster-info.ts')).clusterInfoVerb],
    top: ['Display resource (CPU/memory) usage', async () => (await import('./top/top.ts')).topVerb],
    cordon: ['Mark node as unschedulable', async () => (await import('./cordon/cordon.ts')).cordonVerb],
    uncordon: ['Mark node as schedulable', async () => (await import('./cordon/cordon.ts')).uncordonVerb],
    drain: ['Drain node in preparation for maintenance', async () => (await import('./drain/drain.ts')).drainVerb],
    taint: ['Update the taints on one or more nodes', async () => (await import('./taint/taint.ts')).taintVerb],
  }),
  ...inGroup('Troubleshooting and Debugging Commands', {
    describe: [
      'Show details of a specific resource or group of resources',
      async () => (await import('./describe/describe.ts')).describeVerb,
    ],
    logs: ['Print the logs for a container in a pod', async () => (await import('./logs/logs.ts')).logsVerb],
    attach: ['Attach to a running container', async () => (await import('./attach/attach.ts')).attachVerb],
    exec: ['Execute a command in a container', async () => (await import('./exec/exec.ts')).execVerb],
    'port-forward': [
      'Forward one or more local ports to a pod',
      async () => (await import('./port-forward/port-forward.ts')).portForwardVerb,
    ],
    proxy: ['Run a proxy to the Kubernetes API server', async () => (await import('./proxy/proxy.ts')).proxyVerb],
    cp: ['Copy files and directories to and from containers', async () => (await import('./cp/cp.ts')).cpVerb],
    debug: ['Create debugging sessions for troubleshooting workloads and nodes', async () => (await import('./debug/debug.ts')).debugVerb],
    auth: ['Inspect authorization', async () => (await import('./auth/auth.ts')).authVerb],
    events: ['List events', async () => (await import('./events/events.ts')).eventsVerb],
  }),
  ...inGroup('Advanced Commands', {
    diff: ['Diff the live version against a would-be applied version', async () => (await import('./diff/diff.ts')).diffVerb],
    apply: ['Apply a configuration to a resource by file name or stdin', async () => (await import('./apply/apply.ts')).applyVerb],
    patch: ['Update fields of a resource', async () => (await import('./patch/patch.ts')).patchVerb],
    replace: ['Replace a resource by file name or stdin', async () => (await import('./replace/replace.ts')).replaceVerb],
    kustomize: [
      'Build a kustomization target from a directory or URL',
      async () => (await import('./kustomize/kustomize.ts')).kustomizeVerb,
    ],
    wait: ['Experimental: Wait for a specific condition on one or many resources', async () => (await import('./wait/wait.ts')).waitVerb],
  }),
  ...inGroup('Settings Commands', {
    label: ['Update the labels on a resource', async () => (await import('./label/label.ts')).labelVerb],
    annotate: ['Update the annotations on a resource', async () => (await import('./label/label.ts')).annotateVerb],
    completion: [
      'Output shell completion code for the specified shell (bash, zsh, or fish)',
      async () => (await import('./completion/completion.ts')).completionVerb(kubectlVerbs),
    ],
  }),
  ...inGroup('Other Commands', {
    'api-resources': [
      'Print the supported API resources on the server',
      async () => (await import('./api-resources/api-resources.ts')).apiResourcesVerb,
    ],
    'api-versions': [
      'Print the supported API versions on the server, in the form of "group/version"',
      async () => (await import('./api-resources/api-resources.ts')).apiVersionsVerb,
    ],
    config: ['Modify kubeconfig files', async () => (await import('./config/config.ts')).configVerb],
    version: ['Print the client and server version information', async () => (await import('./version/version.ts')).versionVerb],
  }),
];
