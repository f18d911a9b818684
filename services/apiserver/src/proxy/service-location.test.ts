import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Service } from '@t8s/api';
import type { WatchCache } from '@t8s/storage';
import { byClusterIp, byEndpoint } from './service-location.ts';

const services: Record<string, Service['spec']> = {
  web: { clusterIP: '10.96.0.7', ports: [{ name: 'https', port: 443 }] },
  headless: { clusterIP: 'None', ports: [{ port: 443 }] },
  outside: { type: 'ExternalName', externalName: 'api.example.com' },
};
const endpoint = (address: string, ready?: boolean) => ({ addresses: [address], conditions: ready === undefined ? {} : { ready } });
const slice: EndpointSlice = {
  metadata: { namespace: 'd', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [endpoint('10.244.0.5'), endpoint('10.244.0.6', false)],
  ports: [
    { name: 'metrics', port: 9090 },
    { name: 'https', port: 8443 },
  ],
};
const cache = {
  resource: (name: string) => ({
    get: (key: string) => {
      const spec = services[key.replace('d/', '')];
      return name === 'services' && spec ? { object: { metadata: {}, spec } } : undefined;
    },
    range: () => (name === 'endpointslices' ? [{ object: slice }] : []),
  }),
} as unknown as WatchCache;
const at = (name: string, port = 443) => ({ namespace: 'd', name, port });

test('by the cluster IP', () => {
  const locate = byClusterIp(cache);
  assert.deepEqual(locate(at('web')), { host: '10.96.0.7', port: 443 });
  assert.deepEqual(locate(at('outside', 8443)), { host: 'api.example.com', port: 8443 });
  assert.throws(() => locate(at('web', 80)), { name: 'ServiceUnreachable', message: 'no service port 80 found for service "web"' });
  assert.throws(() => locate(at('headless')), { message: 'cannot route to service with ClusterIP "None"' });
  assert.throws(() => locate(at('gone')), { message: 'service "gone" not found' });
});

test('by a ready endpoint, at the port that the service leads to', () => {
  const locate = byEndpoint(cache);
  assert.deepEqual(locate(at('web')), { host: '10.244.0.5', port: 8443 });
  assert.deepEqual(locate(at('outside', 8443)), { host: 'api.example.com', port: 8443 });
  assert.throws(() => locate(at('headless')), { message: 'no endpoints available for service "headless"' });
});
