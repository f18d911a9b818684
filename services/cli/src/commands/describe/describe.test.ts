/** Texts are kubectl 1.33's own, of the same objects. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestApiserver } from '../../test-apiserver.ts';
import { run, startCluster } from '../../test-run.ts';

process.env.TZ = 'UTC';
let api: TestApiserver;
before(async () => {
  api = await startCluster();
  addPod(api);
});
after(() => api.stop());
const kubectl = async (line: string): Promise<string> => {
  const { out, err, code } = await run(line.split(' '), { api });
  return out + err + (code === 0 ? '' : `[${code}]`);
};

function addPod(server: TestApiserver): void {
  const at = '2024-05-06T07:08:09Z';
  server.add('v1', 'Pod', {
    metadata: {
      name: 'job-a',
      namespace: 'jobs',
      labels: { app: 'job', tier: 'back' },
      annotations: { note: 'one\ntwo' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'job', uid: 'r', controller: true }],
    },
    spec: {
      nodeName: 'node-0',
      serviceAccountName: 'default',
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'b', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { operator: 'Exists' }],
      initContainers: [{ name: 'setup', image: 'busybox:1', command: ['sh', '-c', 'a\nb'] }],
      containers: [
        {
          name: 'main',
          image: 'job:1',
          ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', hostPort: 53 }],
          resources: { limits: { cpu: '500m' }, requests: { cpu: '250m', memory: '64Mi' } },
          livenessProbe: { httpGet: { path: '/healthz', port: 80 } },
          env: [
            { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'x', readOnly: true }],
        },
      ],
      volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }],
    },
    status: {
      phase: 'Running',
      hostIP: '10.89.0.1',
      podIP: '10.244.0.9',
      podIPs: [{ ip: '10.244.0.9' }],
      startTime: at,
      conditions: [{ type: 'Ready', status: 'False' }],
      initContainerStatuses: [
        {
          name: 'setup',
          image: 'i',
          imageID: 'sha:1',
          ready: true,
          restartCount: 0,
          state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } },
        },
      ],
      containerStatuses: [
        {
          name: 'main',
          image: 'i',
          imageID: 'sha:2',
          containerID: 'docker://m',
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: at, finishedAt: at } },
        },
      ],
    },
  });
}

test('a pod', async () => {
  assert.equal(
    await kubectl('describe pod job-a -n jobs'),
    `Name:             job-a
Namespace:        jobs
Service Account:  default
Node:             node-0/10.89.0.1
Start Time:       Mon, 06 May 2024 07:08:09 +0000
Labels:           app=job
                  tier=back
Annotations:      note:
                    one
                    two
Status:           Running
IP:               10.244.0.9
IPs:
  IP:           10.244.0.9
Controlled By:  ReplicaSet/job
Init Containers:
  setup:
    Container ID:  
    Image:         busybox:1
    Image ID:      sha:1
    Port:          <none>
    Host Port:     <none>
    Command:
      sh
      -c
      a
      b
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
      Started:      Mon, 06 May 2024 07:08:09 +0000
      Finished:     Mon, 06 May 2024 07:08:09 +0000
    Ready:          True
    Restart Count:  0
    Environment:    <none>
    Mounts:         <none>
Containers:
  main:
    Container ID:   docker://m
    Image:          job:1
    Image ID:       sha:2
    Ports:          80/TCP, 53/UDP
    Host Ports:     0/TCP, 53/UDP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Mon, 06 May 2024 07:08:09 +0000
      Finished:     Mon, 06 May 2024 07:08:09 +0000
    Ready:          False
    Restart Count:  3
    Limits:
      cpu:  500m
    Requests:
      cpu:     250m
      memory:  64Mi
    Liveness:  http-get http://:80/healthz delay=0s timeout=1s period=10s #success=1 #failure=3
    Environment:
      NAME:      job-a (v1:metadata.name)
      CPU:       500 (limits.cpu)
      PASSWORD:  <set to the key 'k' in secret 's'>  Optional: false
    Mounts:
      /data from data (ro,path="x")
Conditions:
  Type    Status
  Ready   False 
Volumes:
  data:
    Type:        EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:      Memory
    SizeLimit:   <unset>
QoS Class:       Burstable
Node-Selectors:  disk=ssd
Tolerations:     op=Exists
                 b:NoExecute op=Exists for 300s
Events:          <none>
`,
  );
});

test('a deployment', async () => {
  assert.equal(
    await kubectl('describe deployment web'),
    `Name:                   web
Namespace:              default
CreationTimestamp:      Wed, 01 Jan 2020 00:00:00 +0000
Labels:                 app=web
Annotations:            deployment.kubernetes.io/revision: 1
Selector:               app=web
Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  25% max unavailable, 25% max surge
Pod Template:
  Labels:  app=web
  Containers:
   nginx:
    Image:         nginx:1.27
    Port:          80/TCP
    Host Port:     0/TCP
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Conditions:
  Type        Status  Reason
  ----        ------  ------
  Available   True    MinimumReplicasAvailable
Events:       <none>
`,
  );
});

test('a node', async () => {
  assert.equal(
    (await kubectl('describe node node-0')).replaceAll(/ +\d+[ydhms]\d*[ydhms]?$/gm, ' AGE'),
    `Name:               node-0
Roles:              <none>
Labels:             kubernetes.io/hostname=node-0
Annotations:        <none>
CreationTimestamp:  Wed, 01 Jan 2020 00:00:00 +0000
Taints:             <none>
Unschedulable:      false
Lease:              Failed to get lease: leases.coordination.k8s.io "node-0" not found
Conditions:
  Type    Status  LastHeartbeatTime                 LastTransitionTime                Reason         Message
  ----    ------  -----------------                 ------------------                ------         -------
  Ready   True    Mon, 01 Jan 0001 00:00:00 +0000   Mon, 01 Jan 0001 00:00:00 +0000   KubeletReady   kubelet is posting ready status
Addresses:
  InternalIP:  10.89.0.1
Capacity:
  cpu:     2
  memory:  4Gi
  pods:    110
Allocatable:
  cpu:     2
  memory:  4Gi
  pods:    110
System Info:
  Machine ID:                 
  System UUID:                
  Boot ID:                    
  Kernel Version:             6.1
  OS Image:                   Debian
  Operating System:           
  Architecture:               
  Container Runtime Version:  docker://20.10
  Kubelet Version:            v1.34.0+t8s.0
  Kube-Proxy Version:         
PodCIDR:                      10.244.0.0/24
PodCIDRs:                     10.244.0.0/24
Non-terminated Pods:          (2 in total)
  Namespace                   Name     CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
  ---------                   ----     ------------  ----------  ---------------  -------------  ---
  default                     web-1    0 (0%)        0 (0%)      0 (0%)           0 (0%) AGE
  jobs                        job-a    250m (12%)    500m (25%)  64Mi (1%)        0 (0%) AGE
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests    Limits
  --------           --------    ------
  cpu                250m (12%)  500m (25%)
  memory             64Mi (1%)   0 (0%)
  ephemeral-storage  0 (0%)      0 (0%)
Events:              <none>
`,
  );
});

test('what is named, and how it is said that nothing is', async () => {
  const heads = async (line: string): Promise<string[]> => {
    const lines = (await kubectl(line)).split('\n').filter((text) => /^(Name:|Error from|error:|No )/.test(text));
    return lines.map((text) => text.replace(/^Name: +/, ''));
  };
  assert.deepEqual(await heads('describe pods -A'), ['web-1', 'job-a']);
  assert.deepEqual(await heads('describe pod/web-1 svc/web'), ['web-1', 'web']);
  assert.deepEqual(await heads('describe pods we'), ['web-1']);
  assert.deepEqual(await heads('describe pods -l app=none'), ['No resources found in default namespace.']);
  assert.deepEqual(await heads('describe pods x'), ['Error from server (NotFound): pods "x" not found']);
  assert.deepEqual(await heads('describe pods web-1 x y'), [
    'web-1',
    'Error from server (NotFound): pods "x" not found',
    'Error from server (NotFound): pods "y" not found',
  ]);
  assert.deepEqual(await heads('describe pods web-1 -A'), ['error: a resource cannot be retrieved by name across all namespaces']);
});

test('a kind without a page of its own shows its fields', async () => {
  api.add('coordination.k8s.io/v1', 'Lease', {
    metadata: { name: 'l', namespace: 'default', uid: 'u' },
    spec: { leaseDurationSeconds: 40 },
  });
  const text = await kubectl('describe lease l');
  assert.match(text, /\nAPI Version: +coordination\.k8s\.io\/v1\nKind: +Lease\nMetadata:\n/);
  assert.match(text, /\nSpec:\n +Lease Duration Seconds: +40\n/);
});
