/** What the compared commands read from stdin, by name. */
const deployment = (replicas: number, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web, tier: front}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: "${image}", ports: [{containerPort: 80}], env: [{name: A, value: "1"}]}
      - {name: side, image: "busybox:1"}
`;
const named = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {${name}}\n`;

const roles = ({ rule = '[pods, secrets], verbs: [get, list]', who = 'jane', role = 'kind: Role, name: reader' } = {}): string =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: $NS, labels: {a: b}}
rules: [{apiGroups: [""], resources: ${rule}}, {apiGroups: [""], resources: [secrets], resourceNames: [x], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: $NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, ${role}}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${who}}, {kind: ServiceAccount, name: ${who}, namespace: default}]
`;

export const documents: Readonly<Record<string, string>> = {
  roles: roles(),
  otherRoles: roles({ rule: '[pods, services], verbs: [get, watch]', who: 'joe' }),
  otherRole: roles({ role: 'kind: ClusterRole, name: view' }),
  deployment: deployment(3, 'nginx:1.27'),
  deployment2: deployment(3, 'nginx:1.27').replaceAll('web', 'web2'),
  deployment3: deployment(3, 'nginx:1.27').replaceAll('web', 'web3'),
  settings6: `${named('name: c6, labels: {a: b}')}data: {k: v, num: "1", on: "yes"}\n`,
  fewer6: `${named('name: c6')}data: {k: v2}\n`,
  sts: `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s1}
spec: {replicas: 2, serviceName: x, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ds1}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}
`,
  rc: `apiVersion: v1
kind: ReplicationController
metadata: {name: r1}
spec: {replicas: 2, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}
`,
  changed: deployment(2, 'nginx:1.28').replace(/ {6}- \{name: side.*\n/, ''),
  configMap: `${named('name: c1, labels: {a: b}')}data: {k: v, num: "1", on: "yes"}\n`,
  fewer: `${named('name: c1')}data: {k: v2}\n`,
  two: `${named('name: t1')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: t2}\nstringData: {a: b}\n`,
  list: `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l2}}\n`,
  json: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j1"}}{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j2"}}',
  pod: 'apiVersion: v1\nkind: Pod\nmetadata: {name: p1, labels: {app: web}}\nspec:\n  nodeName: n1\n  containers: [{name: c, image: "nginx:1", ports: [{containerPort: 8080}]}]\n',
  generated: named('generateName: gen-'),
  nameless: named(''),
  badName: named('name: Bad_Name'),
  otherNamespace: named('name: u, namespace: other'),
  brokenSecond: `${named('name: m1')}---\na: b: c\n---\n${named('name: m2')}`,
  wrongFirst: `${named('name: M3')}---\n${named('name: m4')}---\nfoo\n`,
  noKind: 'apiVersion: v1\nmetadata: {name: x}\n',
  noVersion: 'kind: Pod\nmetadata: {name: x}\n',
  brokenYaml: 'a: b: c\n',
  cutJson: '{"a": ',
  noObject: 'foo\n',
  badDeployment: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad}\nspec: {}\n',
  settings5: `${named('name: c5, labels: {a: b}')}data: {k: v, num: "1", on: "yes"}\n`,
  rawcm: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"raw1","creationTimestamp":"2020-01-01T00:00:00Z"}}',
  editable: `${named('name: e1')}data: {k: plain, other: x}\n`,
  missing: named('name: nowhere'),
  nodes: `apiVersion: v1
kind: Node
metadata: {name: node-1-$NS, labels: {of: $NS}}
---
apiVersion: v1
kind: Node
metadata: {name: node-2-$NS, labels: {of: $NS}}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {nodeName: node-1-$NS, terminationGracePeriodSeconds: 0, containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: agent-1, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u-1, controller: true}]}
spec: {nodeName: node-1-$NS, terminationGracePeriodSeconds: 0, containers: [{name: c, image: nginx}]}
`,
  empty: '',
};
