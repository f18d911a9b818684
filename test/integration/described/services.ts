/** Services of every type, and what stands behind them. */
import type { EndpointSlice, Endpoints, Service } from '@t8s/api';
import type { ObjectMeta } from '@t8s/meta';
import { labels, named } from './metadata.ts';

export const services: Service[] = [
  {
    metadata: named('web', { labels }),
    spec: {
      selector: labels,
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'admin', port: 8080 },
      ],
      sessionAffinity: 'ClientIP',
    },
  },
  { metadata: named('plain'), spec: { ports: [{ port: 80 }], trafficDistribution: 'PreferClose' } },
  { metadata: named('headless'), spec: { clusterIP: 'None', selector: { app: 'db' } } },
  {
    metadata: named('open'),
    spec: {
      type: 'NodePort',
      selector: labels,
      ports: [{ port: 53, protocol: 'UDP', nodePort: 30053 }],
      externalIPs: ['192.0.2.7', '192.0.2.8'],
    },
  },
  {
    metadata: named('balanced'),
    spec: {
      type: 'LoadBalancer',
      selector: labels,
      ports: [{ name: 'https', port: 443, nodePort: 30443 }],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31000,
      loadBalancerIP: '192.0.2.9',
      loadBalancerSourceRanges: ['10.0.0.0/8', '192.168.0.0/16'],
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.9', ipMode: 'VIP' }, { hostname: 'lb.example.com' }] } },
  },
  { metadata: named('outside'), spec: { type: 'ExternalName', externalName: 'db.example.com' } },
];

const endpoint = (address: string, ready?: boolean): EndpointSlice['endpoints'] => [
  { addresses: [address], ...(ready !== undefined && { conditions: { ready } }) },
];
const ofService = (name: string): ObjectMeta => ({ labels: { 'kubernetes.io/service-name': name } });
export const slices: EndpointSlice[] = [
  {
    metadata: named('web-1', ofService('web')),
    addressType: 'IPv4',
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'admin', port: 8080 },
    ],
    endpoints: [
      {
        addresses: ['10.244.0.5'],
        conditions: { ready: true },
        hostname: 'web-0',
        nodeName: 'node-0',
        zone: 'a',
        targetRef: { kind: 'Pod', name: 'rich', namespace: 'default' },
      },
      { addresses: ['10.244.0.6'], conditions: { ready: true } },
      { addresses: ['10.244.0.7'], conditions: { ready: true } },
      { addresses: ['10.244.0.8'], conditions: { ready: false } },
      { addresses: ['10.244.0.9'] },
    ],
  },
  {
    metadata: named('open-1', ofService('open')),
    addressType: 'IPv6',
    ports: [{ name: '', port: 53, protocol: 'UDP' }],
    endpoints: endpoint('fd00::5', true) ?? [],
  },
  { metadata: named('headless-1', ofService('headless')), addressType: 'IPv4', endpoints: endpoint('10.244.0.20') ?? [] },
  { metadata: named('hollow'), addressType: 'IPv4', endpoints: [] },
];

export const endpoints: Endpoints = {
  metadata: named('web'),
  subsets: [
    {
      addresses: [{ ip: '10.244.0.5' }, { ip: '10.244.0.6' }],
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
    { notReadyAddresses: [{ ip: '10.244.0.7' }], ports: [{ port: 80 }] },
  ],
};
