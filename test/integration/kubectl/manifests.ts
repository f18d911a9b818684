/** What the releases of kubectl that are compared create, apply and replace. */
const container = (image: string, more = ''): string =>
  `{name: main, image: "${image}", ports: [{containerPort: 80}], env: [{name: A, value: "1"}, {name: EMPTY}]${more}}`;

/** `spec` is what the pod has beside its containers. */
const deployment = (replicas: string, containers: readonly string[], spec = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {}}
spec:
${replicas}  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
${containers.map((one) => `      - ${one}\n`).join('')}${spec}`;

const side = '{name: side, image: busybox, command: [sleep, "9"], volumeMounts: [{name: v, mountPath: /v}]}';
const volume = '      volumes: [{name: v, emptyDir: {}}]\n';

export const manifests = {
  web: deployment('  replicas: 2\n', [container('nginx:1'), side], volume),
  /** One container and the number of replicas are gone, the image is another. */
  webChanged: deployment('', [container('nginx:2', ', resources: {limits: {cpu: 1000m, memory: 1024Mi}}')]),
  settings: `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {a: b}}
data: {k: v, number: "1", text: "two\\nlines\\n", yes: "on"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: secret}
data: {user: bWU=}
`,
  settingsChanged: `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {k: w}
`,
  several: `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: more, port: 81}]}
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly}
  spec:
    schedule: "0 3 * * *"
    jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: web}
  spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: reader}
  rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
- apiVersion: policy/v1
  kind: PodDisruptionBudget
  metadata: {name: web}
  spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: data}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
`,
  pod: `apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: web}}
spec: {nodeName: nowhere, containers: [{name: c, image: nginx}]}
`,
  definition: `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Spec, type: string, jsonPath: .spec.cronSpec}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {cronSpec: {type: string}, image: {type: string, default: busybox}, replicas: {type: integer}}
`,
  cronTab: `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec: {cronSpec: "* * * * */5", replicas: 2}
`,
  cronTabChanged: `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec: {cronSpec: "0 * * * *"}
`,
};
