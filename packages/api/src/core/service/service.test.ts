import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { Service, ServiceSpec } from '../../generated/types.ts';
import { serviceKind } from './kind.ts';

const { strategy } = serviceKind;
const http = { port: 80 };

/** As the apiserver has it before validation: defaulted, prepared, an address allocated. */
function created(spec: ServiceSpec, clusterIP?: string): Service {
  const service: Service = { metadata: { name: 's' }, spec: structuredClone(spec) };
  strategy.defaults?.(service);
  strategy.prepareForCreate?.(service);
  if (clusterIP) Object.assign(service.spec, { clusterIP, clusterIPs: [clusterIP] });
  return service;
}
const messages = (spec: ServiceSpec): string[] => (strategy.validate?.(created(spec)) ?? []).map(fieldErrorMessage);

test('defaults', () => {
  assert.deepEqual(created({ ports: [http], sessionAffinity: 'ClientIP' }), {
    metadata: { name: 's' },
    spec: {
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      type: 'ClusterIP',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status: { loadBalancer: {} },
  });
  const balancer = created({ ports: [http], type: 'LoadBalancer' }).spec;
  assert.deepEqual([balancer.externalTrafficPolicy, balancer.allocateLoadBalancerNodePorts], ['Cluster', true]);
  const external = created({ type: 'ExternalName', externalName: 'a.b' }).spec;
  assert.deepEqual([external.ipFamilies, external.internalTrafficPolicy], [undefined, undefined]);
  assert.deepEqual(created({ clusterIP: 'None' }).spec.ipFamilyPolicy, 'RequireDualStack');
  assert.deepEqual(created({ clusterIP: 'None', selector: { a: 'b' } }).spec.ipFamilies, ['IPv4']);
});

test('each rule by an example', () => {
  const port = { name: 'a', port: 80 };
  const cases: [spec: ServiceSpec, expected: string | RegExp][] = [
    [{ ports: [http], selector: { a: 'b' } }, ''],
    [{ clusterIP: 'None' }, ''],
    [{ type: 'ExternalName', externalName: 'example.com.' }, ''],
    [{}, 'spec.ports: Required value'],
    [{ type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      { type: 'ExternalName', externalName: 'a', clusterIP: '10.0.0.1' },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
    [
      { type: 'NodePort', ports: [http], clusterIP: 'None' },
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
    [{ ports: [http, { port: 81, name: 'b' }] }, 'spec.ports[0].name: Required value'],
    [{ ports: [port, { ...port, port: 81 }] }, 'spec.ports[1].name: Duplicate value: "a"'],
    [{ ports: [{ name: 'A_', port: 80 }] }, /^spec.ports\[0\].name: Invalid value: "A_": a lowercase RFC 1123 label must consist/],
    [{ ports: [{ port: 70000, targetPort: 1 }] }, 'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    [{ ports: [{ port: 1, protocol: 'X' }] }, 'spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"'],
    [
      { ports: [{ port: 1, targetPort: 'no--name' }] },
      'spec.ports[0].targetPort: Invalid value: "no--name": must not contain consecutive hyphens',
    ],
    [{ ports: [port, { name: 'b', port: 80 }] }, 'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80,"targetPort":0}'],
    [{ ports: [{ port: 1, nodePort: 30000 }] }, "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    [
      {
        type: 'NodePort',
        ports: [
          { ...port, nodePort: 30000 },
          { name: 'b', port: 1, nodePort: 30000 },
        ],
      },
      'spec.ports[1].nodePort: Duplicate value: 30000',
    ],
    [{ ports: [http], selector: { a: '-' } }, /^spec.selector: Invalid value: "-": a valid label/],
    [{ ports: [http], sessionAffinity: 'x' }, 'spec.sessionAffinity: Unsupported value: "x": supported values: "ClientIP", "None"'],
    [
      { ports: [http], sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
    [
      { ports: [http], clusterIP: '10.0.0.300' },
      'spec.clusterIPs[0]: Invalid value: "10.0.0.300": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { ports: [http], clusterIPs: ['10.0.0.1'] },
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: must be empty when `clusterIP` is not specified',
    ],
    [{ ports: [http], ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    [{ ports: [http], ipFamilyPolicy: 'RequireDualStack' }, /this cluster is not configured for dual-stack services/],
    [{ ports: [http], externalIPs: ['127.0.0.1'] }, /^spec.externalIPs\[0\]: Invalid value: "127.0.0.1": may not be in the loopback range/],
    [
      { ports: [http], type: 'x' },
      'spec.type: Unsupported value: "x": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      { ports: [http], loadBalancerSourceRanges: ['10.0.0.0/8'] },
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      { ports: [http], type: 'LoadBalancer', loadBalancerSourceRanges: ['x'] },
      /^spec.LoadBalancerSourceRanges\[0\]: Invalid value: "x": must be a valid CIDR value/,
    ],
    [{ ports: [http], loadBalancerClass: 'a/b' }, "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    [
      { ports: [http], externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [{ ports: [http], type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, 'spec.healthCheckNodePort: Required value'],
    [
      { ports: [http], internalTrafficPolicy: 'x' },
      'spec.internalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local"',
    ],
    [{ ports: [http], trafficDistribution: 'x' }, /^spec.trafficDistribution: Unsupported value: "x": supported values: "PreferClose"/],
  ];
  for (const [spec, expected] of cases) {
    const found = messages(spec).join('\n');
    if (typeof expected === 'string') assert.equal(found, expected, JSON.stringify(spec));
    else assert.match(found, expected);
  }
  assert.match(strategy.validateName?.('1a').join() ?? '', /DNS-1035/);
});

function updated(old: Service, spec: ServiceSpec): Service {
  const service: Service = { metadata: { name: 's' }, spec: structuredClone(spec) };
  strategy.defaults?.(service);
  strategy.prepareForUpdate?.(service, old);
  return service;
}

test('an update keeps what was allocated, and loses it with the type that needs it', () => {
  const old = created({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }, '10.96.0.5');
  const kept = updated(old, { type: 'NodePort', ports: [{ port: 80 }, { name: 'b', port: 81 }] });
  assert.deepEqual(
    [kept.spec.clusterIP, kept.spec.clusterIPs, kept.spec.ports?.map((p) => p.nodePort)],
    ['10.96.0.5', ['10.96.0.5'], [30080, undefined]],
  );
  const internal = updated(old, { ...old.spec, type: 'ClusterIP' });
  assert.deepEqual(
    [internal.spec.ports?.[0]?.nodePort, internal.spec.externalTrafficPolicy, internal.spec.clusterIP],
    [undefined, undefined, '10.96.0.5'],
  );
  const named = updated(old, { ...old.spec, type: 'ExternalName', externalName: 'a.b' });
  assert.deepEqual([named.spec.clusterIP, named.spec.clusterIPs, named.spec.ipFamilies], [undefined, undefined, undefined]);
  const moved = updated(old, { ...old.spec, clusterIP: '10.96.0.6' });
  assert.deepEqual((strategy.validateUpdate?.(moved, old) ?? []).map(fieldErrorMessage), [
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set',
  ]);
});

test('status, columns, selectable fields', () => {
  const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }] } };
  const of = (service: Service): string[] =>
    (serviceKind.subresources?.status?.validate?.({ ...service, status }, service) ?? []).map(fieldErrorMessage);
  const balancer = created({ type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30080 }], selector: { b: '1', a: '2' } }, '10.96.0.7');
  assert.deepEqual(of(balancer), []);
  assert.deepEqual(of(created({ ports: [http] })), [
    'status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is LoadBalancer',
  ]);
  const row = (service: Service): unknown[] => serviceKind.columns?.map((column) => column.cell(service, 0)) ?? [];
  assert.deepEqual(row({ ...balancer, status }), ['s', 'LoadBalancer', '10.96.0.7', '1.2.3.4', '80:30080/TCP', '<unknown>', 'a=2,b=1']);
  assert.deepEqual(row(balancer)[3], '<pending>');
  assert.deepEqual(row(created({ type: 'ExternalName', externalName: 'x.y' })).slice(2, 5), ['<none>', 'x.y', '<none>']);
  assert.deepEqual(serviceKind.selectableFields?.(balancer), { 'spec.clusterIP': '10.96.0.7', 'spec.type': 'LoadBalancer' });
});

test('fields that say nothing of a headless service are warned of', () => {
  const service = {
    metadata: {},
    spec: { type: 'ClusterIP', clusterIP: 'None', loadBalancerIP: '1.2.3.4', externalIPs: ['010.1.1.1'], sessionAffinity: 'ClientIP' },
  };
  assert.deepEqual(serviceKind.strategy.warnings?.(service), [
    'spec.loadBalancerIP is ignored for headless services',
    'spec.externalIPs is ignored for headless services',
    'spec.SessionAffinity is ignored for headless services',
    'spec.externalIPs[0]: non-standard IP address "010.1.1.1" will be considered invalid in a future Kubernetes release: use "10.1.1.1"',
  ]);
});
