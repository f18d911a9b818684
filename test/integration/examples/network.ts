/** networking.k8s.io, discovery.k8s.io and events.k8s.io. */
import type { Examples } from './example.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };

export const network: Examples = {
  'discovery.k8s.io/v1/endpointslices': {
    minimal: { addressType: 'IPv4', endpoints: [] },
    full: {
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.1.2.3'],
          conditions: { ready: true, serving: true, terminating: false },
          hostname: 'web-0',
          nodeName: 'node-x',
          zone: 'a',
          hints: { forZones: [{ name: 'a' }] },
          targetRef: { kind: 'Pod', namespace: 'default', name: 'web-0' },
        },
      ],
      ports: [{ name: 'http', protocol: 'TCP', port: 80, appProtocol: 'kubernetes.io/h2c' }],
    },
  },
  'events.k8s.io/v1/events': {
    minimal: {
      eventTime: '2026-01-01T00:00:00.000001Z',
      reportingController: 'test',
      reportingInstance: 'i',
      action: 'a',
      reason: 'r',
      type: 'Normal',
    },
    full: {
      eventTime: '2026-01-01T00:00:00.000001Z',
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000002Z' },
      reportingController: 'example.com/test',
      reportingInstance: 'test-0',
      action: 'Testing',
      reason: 'Tested',
      regarding: { kind: 'Pod', namespace: 'default', name: 'web-0', apiVersion: 'v1' },
      related: { kind: 'Node', name: 'node-x' },
      note: 'a message',
      type: 'Warning',
    },
  },
  'networking.k8s.io/v1/ingresses': {
    minimal: { spec: { defaultBackend: backend } },
    full: {
      spec: {
        ingressClassName: 'full',
        defaultBackend: { resource: { apiGroup: 'example.com', kind: 'Bucket', name: 'static' } },
        tls: [{ hosts: ['web.example.com'], secretName: 'tls' }],
        rules: [
          {
            host: '*.example.com',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend },
                { path: '/exact', pathType: 'Exact', backend: { service: { name: 'web', port: { name: 'http' } } } },
                { path: '/other', pathType: 'ImplementationSpecific', backend },
              ],
            },
          },
        ],
      },
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.44', ports: [{ port: 443, protocol: 'TCP', error: 'example.com/none' }] }] } },
  },
  'networking.k8s.io/v1/ingressclasses': {
    minimal: { spec: { controller: 'example.com/ingress' } },
    full: {
      spec: {
        controller: 'example.com/ingress',
        parameters: { apiGroup: 'example.com', kind: 'Parameters', name: 'p', scope: 'Namespace', namespace: 'default' },
      },
    },
  },
  'networking.k8s.io/v1/ipaddresses': {
    minimal: { metadata: { name: '10.96.200.1' }, spec: { parentRef: { resource: 'services', name: 's' } } },
    full: {
      metadata: { name: '10.96.200.2' },
      spec: { parentRef: { group: 'example.com', resource: 'things', namespace: 'default', name: 't' } },
    },
  },
  'networking.k8s.io/v1/networkpolicies': {
    minimal: { spec: {} },
    full: {
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [
              { podSelector: { matchLabels: { app: 'front' } }, namespaceSelector: { matchLabels: { team: 'a' } } },
              { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } },
            ],
            ports: [
              { protocol: 'TCP', port: 'http' },
              { protocol: 'UDP', port: 5000, endPort: 5010 },
            ],
          },
        ],
        egress: [{ to: [{ namespaceSelector: {} }], ports: [{ protocol: 'SCTP', port: 7777 }] }],
      },
    },
  },
  'networking.k8s.io/v1/servicecidrs': {
    minimal: { spec: { cidrs: ['10.200.0.0/24'] } },
    full: { spec: { cidrs: ['10.201.0.0/24', 'fd00:201::/112'] } },
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Tested', message: 'a message' }],
    },
  },
};
