import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressSpec } from '../../generated/types.ts';
import { ingressKind } from './kind.ts';

const { strategy, subresources, columns = [] } = ingressKind;
const backend: IngressBackend = { service: { name: 's', port: { number: 80 } } };
const of = (spec: IngressSpec): Ingress => ({ metadata: { name: 'i' }, spec });
const messages = (spec: IngressSpec): string[] => (strategy.validateCreate?.(of(spec)) ?? []).map(fieldErrorMessage);
const atPath = (path: Partial<HTTPIngressPath>): IngressSpec => ({
  rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...path } as HTTPIngressPath] } }],
});
const at = 'spec.rules[0].http.paths[0]';

test('each rule by an example', () => {
  const cases: [spec: IngressSpec, ...errors: string[]][] = [
    [{ defaultBackend: backend }],
    [atPath({})],
    [{}, 'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    [{ rules: [{ http: { paths: [] } }] }, 'spec.rules[0].http.paths: Required value'],
    [{ rules: [{ host: '1.2.3.4' }] }, 'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
    [atPath({ pathType: undefined }), `${at}.pathType: Required value: pathType must be specified`],
    [atPath({ pathType: 'x' }), `${at}.pathType: Unsupported value: "x": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
    [atPath({ path: 'x' }), `${at}.path: Invalid value: "x": must be an absolute path`],
    [atPath({ path: '/a//b' }), `${at}.path: Invalid value: "/a//b": must not contain '//'`],
    [atPath({ path: '/a/..' }), `${at}.path: Invalid value: "/a/..": cannot end with '/..'`],
    [atPath({ path: '', pathType: 'ImplementationSpecific' })],
    [atPath({ backend: {} }), `${at}.backend: Invalid value: "": resource or service backend is required`],
    [
      atPath({ backend: { ...backend, resource: { kind: 'k', name: 'n' } } }),
      `${at}.backend: Invalid value: "": cannot set both resource and service backends`,
    ],
    [
      atPath({ backend: { resource: { kind: '', name: 'a/b' } } }),
      `${at}.backend.resource.kind: Required value: kind is required`,
      `${at}.backend.resource.name: Invalid value: "a/b": may not contain '/'`,
    ],
    [atPath({ backend: { service: { name: 's' } } }), `${at}.backend: Required value: port name or number is required`],
    [
      atPath({ backend: { service: { name: 's', port: { name: 'a', number: 1 } } } }),
      `${at}.backend: Invalid value: "": cannot set both port name & port number`,
    ],
  ];
  for (const [spec, ...errors] of cases) assert.deepEqual(messages(spec), errors);
  assert.match(
    messages({ rules: [{ host: '*.*.a' }] }).join(),
    /^spec.rules\[0\].host: Invalid value: "\*.\*.a": a wildcard DNS-1123 subdomain must start/,
  );
  assert.deepEqual(messages({ rules: [{ host: '*.a.b' }], tls: [{ hosts: ['*.a.b'], secretName: 't' }] }), []);
  assert.match(messages({ defaultBackend: backend, tls: [{ secretName: 'A' }] }).join(), /^spec.tls\[0\].secretName/);
});

test('the old annotation: warned of, and it may not contradict', () => {
  const ingress = of({ defaultBackend: backend, ingressClassName: 'a' });
  ingress.metadata.annotations = { 'kubernetes.io/ingress.class': 'b' };
  assert.deepEqual((strategy.validateCreate?.(ingress) ?? []).map(fieldErrorMessage), [
    'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified',
  ]);
  assert.deepEqual(strategy.warnings?.(ingress), []);
  delete ingress.spec.ingressClassName;
  assert.deepEqual(strategy.warnings?.(ingress), [
    `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
  ]);
});

test('what was stored before there was a rule may stay', () => {
  const old = of({ defaultBackend: backend, tls: [{ secretName: 'A' }] });
  assert.deepEqual(strategy.validateUpdate?.(old, old), []);
  assert.equal(strategy.validateUpdate?.(old, of({ defaultBackend: backend })).length, 1);
});

test('status and row', () => {
  const ingress = of({ rules: ['a', 'b', 'c', 'd'].map((host) => ({ host })), tls: [{}], ingressClassName: 'n' });
  strategy.prepareForCreate?.(ingress);
  assert.deepEqual(ingress.status, { loadBalancer: {} });
  ingress.status = { loadBalancer: { ingress: [{ ip: '10.0.0.2' }, { hostname: '10.0.0.1' }] } };
  assert.deepEqual((subresources?.status?.validate?.(ingress, ingress) ?? []).map(fieldErrorMessage), [
    'status.loadBalancer.ingress[1].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(ingress, 0)),
    ['i', 'n', 'a,b,c + 1 more...', '10.0.0.1,10.0.0.2', '80, 443', '<unknown>'],
  );
});
