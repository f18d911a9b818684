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
    set: ['Set specific features on objects', async () => (await import('./set/set.ts')).setVerb],
  }),
  ...inGroup('Basic Commands (Intermediate)', {
    get: ['Display one or many resources', async () => (await import('./get/get.ts')).getVerb],
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
  }),
  ...inGroup('Cluster Management Commands', {
    'cluster-info': ['Display cluster information', async () => (await import('./cluster-info/cluster-info.ts')).clusterInfoVerb],
  }),
  ...inGroup('Troubleshooting and Debugging Commands', {
    describe: [
      'Show details of a specific resource or group of resources',
      async () => (await import('./describe/describe.ts')).describeVerb,
    ],
    logs: ['Print the logs for a container in a pod', async () => (await import('./logs/logs.ts')).logsVerb],
    attach: ['Attach to a running container', async () => (await import('./attach/attach.ts')).attachVerb],
    exec: ['Execute a command in a container', async () => (await import('./exec/exec.ts')).execVerb],
  }),
  ...inGroup('Advanced Commands', {
    apply: ['Apply a configuration to a resource by file name or stdin', async () => (await import('./apply/apply.ts')).applyVerb],
    patch: ['Update fields of a resource', async () => (await import('./patch/patch.ts')).patchVerb],
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
