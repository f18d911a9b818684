import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorBody } from '@t8s/meta';
import type { Pod, PodSpec } from '../../generated/types.ts';
import { podKind } from './kind.ts';
import { qosClass } from './qos.ts';
import { podRequests, specAsHeld } from './resources.ts';
import { ephemeralContainers, resize } from './subresources.ts';

function created(spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod {
  const pod: Pod = { metadata: { name: 'p', labels }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } };
  podKind.strategy.defaults?.(pod);
  podKind.strategy.prepareForCreate?.(pod);
  return pod;
}

function update(pod: Pod, change: (pod: Pod) => void): { pod: Pod; errors: string[] } {
  const changed = structuredClone(pod);
  change(changed);
  podKind.strategy.prepareForUpdate?.(changed, pod);
  const errors = [...(podKind.strategy.validate?.(changed) ?? []), ...(podKind.strategy.validateUpdate?.(changed, pod) ?? [])];
  return { pod: changed, errors: errors.map(fieldErrorBody) };
}

test('defaults, once and again', () => {
  const pod = created({
    hostNetwork: true,
    serviceAccount: 'robot',
    containers: [
      {
        name: 'c',
        image: 'host:5000/app',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1' } },
        livenessProbe: { httpGet: { port: 80 } },
        env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      },
    ],
    volumes: [{ name: 'v' }, { name: 's', secret: { secretName: 's' } }],
  });
  assert.deepEqual(pod.spec, {
    hostNetwork: true,
    serviceAccount: 'robot',
    serviceAccountName: 'robot',
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    containers: [
      {
        name: 'c',
        image: 'host:5000/app',
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
        livenessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
      },
    ],
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 's', secret: { secretName: 's', defaultMode: 0o644 } },
    ],
  });
  assert.deepEqual(pod.status, { phase: 'Pending', qosClass: 'Burstable' });
  const again = structuredClone(pod);
  podKind.strategy.defaults?.(again);
  assert.deepEqual(again, pod);
});

test('a tag or digest decides how often an image is pulled', () => {
  const policy = (image: string) => created({ containers: [{ name: 'c', image }] }).spec.containers[0]?.imagePullPolicy;
  assert.deepEqual(['a', 'a:latest', 'a:1', 'h:5000/a', 'a@sha256:ab', 'a:latest@sha256:ab'].map(policy), [
    'Always',
    'Always',
    'IfNotPresent',
    'Always',
    'IfNotPresent',
    'Always',
  ]);
});

test('what a create adds', () => {
  const gated = created({ schedulingGates: [{ name: 'g' }] });
  assert.equal(gated.status?.conditions?.[0]?.reason, 'SchedulingGated');
  const spread = created(
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {}, matchLabelKeys: ['h'] },
      ],
    },
    { h: '1' },
  );
  assert.deepEqual(spread.spec.topologySpreadConstraints?.[0]?.labelSelector, {
    matchExpressions: [{ key: 'h', operator: 'In', values: ['1'] }],
  });
  assert.deepEqual(podKind.strategy.validate?.(spread), []);
});

test('an update changes images, deadlines, tolerations and gates, nothing else', () => {
  const pod = created({ tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 10 });
  const images = update(pod, ({ spec }) => Object.assign(spec.containers[0] ?? {}, { image: 'j' }));
  assert.deepEqual([images.errors, images.pod.metadata.generation], [[], 2]);
  assert.equal(update(pod, ({ metadata }) => Object.assign(metadata, { labels: { a: 'b' } })).pod.metadata.generation, 1);
  assert.deepEqual(update(pod, ({ spec }) => spec.tolerations?.push({ key: 'b', operator: 'Exists' })).errors, []);
  assert.deepEqual(update(pod, ({ spec }) => Object.assign(spec, { tolerations: [] })).errors, [
    'Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
  assert.deepEqual(update(pod, ({ spec }) => Object.assign(spec, { activeDeadlineSeconds: 20 })).errors, [
    'Invalid value: 20: must be less than or equal to previous value',
  ]);
  assert.deepEqual(update(pod, ({ spec }) => spec.containers.push({ ...spec.containers[0], name: 'd' })).errors, [
    'Forbidden: pod updates may not add or remove containers',
  ]);
  assert.deepEqual(update(pod, ({ spec }) => Object.assign(spec, { hostname: 'h', nodeName: 'n' })).errors, [
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n+spec.hostname: "h"\n+spec.nodeName: "n"',
  ]);
});

test('a gated pod may still narrow where it goes', () => {
  const pod = created({ schedulingGates: [{ name: 'g' }], nodeSelector: { a: '1' } });
  assert.deepEqual(update(pod, ({ spec }) => Object.assign(spec, { nodeSelector: { a: '1', b: '2' }, schedulingGates: [] })).errors, []);
  assert.match(
    update(pod, ({ spec }) => Object.assign(spec, { nodeSelector: { b: '2' } })).errors[0] ?? '',
    /only additions to spec.nodeSelector/,
  );
  assert.match(update(pod, ({ spec }) => spec.schedulingGates?.push({ name: 'h' })).errors[0] ?? '', /found new scheduling gate 'h'/);
});

test('how long a pod gets to end', () => {
  const pod = created({ nodeName: 'n' });
  const grace = (change: Partial<Pod>, requested?: number) => podKind.strategy.gracePeriod?.({ ...pod, ...change }, requested);
  assert.deepEqual([grace({}), grace({}, 5), grace({}, 0), grace({}, -3)], [30, 5, 0, 1]);
  assert.equal(grace({ status: { phase: 'Succeeded' } }, 5), 0);
  assert.equal(podKind.strategy.gracePeriod?.(created(), 5), 0, 'no node, nothing to wait for');
});

test('status: the class of service stays, terminated containers that may not restart stay terminated', () => {
  const old = created({ restartPolicy: 'Never' });
  const status = { containerID: '', image: 'i', imageID: '', name: 'c', ready: false, restartCount: 0 };
  old.status = {
    ...old.status,
    podIP: '10.0.0.1',
    podIPs: [{ ip: '10.0.0.1' }],
    containerStatuses: [{ ...status, state: { terminated: { exitCode: 1 } } }],
  };
  const pod = structuredClone(old);
  pod.status = {
    qosClass: 'Guaranteed',
    podIP: '10.0.0.2',
    podIPs: [{ ip: '10.0.0.1' }],
    containerStatuses: [{ ...status, state: { running: {} } }],
  };
  podKind.subresources?.status?.prepare?.(pod, old);
  assert.deepEqual(pod.status.podIPs, [{ ip: '10.0.0.2' }]);
  assert.deepEqual(
    podKind.subresources?.status?.validate?.(pod, old).map((e) => e.field),
    ['status.qosClass', 'status.containerStatuses[0].state'],
  );
});

test('classes of service', () => {
  const of = (resources: object) => qosClass({ containers: [{ name: 'c', resources }] });
  assert.equal(of({}), 'BestEffort');
  assert.equal(of({ requests: { cpu: '1' } }), 'Burstable');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' } }), 'Guaranteed');
  assert.equal(of({ limits: { cpu: '1', memory: '1Gi' }, requests: { memory: '512Mi' } }), 'Burstable');
});

test('requests: containers and sidecars together, or the peak of initialisation', () => {
  const ask = (cpu: string, restartPolicy?: string) => ({ name: cpu, restartPolicy, resources: { requests: { cpu } } });
  const requests = podRequests({
    containers: [ask('1'), ask('500m')],
    initContainers: [ask('100m', 'Always'), ask('3')],
    overhead: { cpu: '10m' },
  });
  assert.equal(`${requests['cpu']}`, '3110m');
});

test('a resize counts as what is asked for or held, whichever is more; one that can’t be as what is held', () => {
  const requests = (cpu: string) => ({ requests: { cpu } });
  const counted = (asked: string, held: string, reason?: string): string => {
    const containers = [{ name: 'c', resources: requests(asked) }];
    const conditions = reason === undefined ? [] : [{ type: 'PodResizePending', status: 'True', reason }];
    const image = { image: 'i', imageID: '', ready: true, restartCount: 0 };
    const containerStatuses = [{ ...image, name: 'c', resources: requests(held), allocatedResources: { cpu: held } }];
    const spec = specAsHeld({ metadata: {}, spec: { containers }, status: { conditions, containerStatuses } });
    return `${podRequests(spec)['cpu']}`;
  };
  assert.deepEqual([counted('2', '1'), counted('1', '2'), counted('1', '1')], ['2', '2', '1']);
  assert.deepEqual([counted('2', '1', 'Deferred'), counted('2', '1', 'Infeasible')], ['2', '1']);
});

test('debug containers are added, never changed', () => {
  const old = created();
  const pod = structuredClone(old);
  pod.spec.ephemeralContainers = [{ name: 'debug', image: 'i' }];
  pod.spec.hostname = 'ignored';
  podKind.strategy.defaults?.(pod);
  ephemeralContainers.prepare(pod, old);
  assert.deepEqual([pod.spec.hostname, pod.metadata.generation, ephemeralContainers.validate(pod, old)], [undefined, 2, []]);
  const changed = structuredClone(pod);
  changed.spec.ephemeralContainers = [];
  assert.match(ephemeralContainers.validate(changed, pod)[0]?.detail ?? '', /"debug" may not be removed/);
});

test('a resize changes cpu and memory and keeps the class of service', () => {
  const old = created({ containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }] });
  const resized = (resources: object): string[] => {
    const pod = structuredClone(old);
    Object.assign(pod.spec.containers[0] ?? {}, { resources, image: 'ignored' });
    resize.prepare(pod, old);
    assert.equal('resizePolicy' in (pod.spec.containers[0] ?? {}), false, 'undefined is no value of the wire');
    return resize.validate(pod, old).map(fieldErrorBody);
  };
  assert.deepEqual(resized({ requests: { cpu: '1500m' }, limits: { cpu: '2' } }), []);
  assert.deepEqual(resized({ requests: { cpu: '1' } }), ['Forbidden: resource limits cannot be removed']);
  assert.deepEqual(resized({ requests: { cpu: '1', 'ephemeral-storage': '1Gi' }, limits: { cpu: '2' } }), [
    'Forbidden: only cpu and memory resources are mutable',
  ]);
});
