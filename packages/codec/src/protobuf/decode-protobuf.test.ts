import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatus } from '@t8s/meta';
import { decodeObject } from '../decode-object.ts';
import { decodeProtobuf, hasProtobuf } from './decode-protobuf.ts';

/** What kubectl 1.33 sends for `create deployment x --image=nginx --replicas=0 --port=80 -- sh -c date`. */
const deployment =
  'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Er4BChsKAXgSABoAIgAqADIAOABCAFoICgNhcHASAXgSkAEIABIKCggKA2FwcBIBeBp4ChoKABIAGgAiACoAMgA4AEIAWggKA2FwcBIBeBJaEjwKBW5naW54EgVuZ2lueBoCc2gaAi1jGgRkYXRlKgAyCgoAEAAYUCIAKgBCAGoAcgCAAQCIAQCQAQCiAQAaADIAQgBKAFIAWABgAGgAggEAigEAmgEAwgEAIgIKACgAOAAaDAgAEAAYACAAKAA4ABoAIgA=';
/** … and for `create service nodeport s --tcp=80:8080`, `create priorityclass p --value=0`. */
const service =
  'azhzAAoNCgJ2MRIHU2VydmljZRJiChsKAXMSABoAIgAqADIAOABCAFoICgNhcHASAXMSPwobCgc4MC04MDgwEgNUQ1AYUCIHCAAQkD8aACgAEggKA2FwcBIBcxoAIghOb2RlUG9ydDoAQgBSAFoAYABoABoCCgAaACIA';
const priorityClass =
  'azhzAAolChRzY2hlZHVsaW5nLms4cy5pby92MRINUHJpb3JpdHlDbGFzcxIvChEKAXASABoAIgAqADIAOABCABAAGAAiACoUUHJlZW1wdExvd2VyUHJpb3JpdHkaACIA';
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

test('bodies of kubectl become the objects it means; zeros stay where they say something', () => {
  const expected = { group: 'apps', version: 'v1', kind: 'Deployment', schema: 'Deployment' };
  const labels = { app: 'x' };
  assert.deepEqual(decodeObject({ bytes: bytes(deployment), format: 'protobuf', expected }).object, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      strategy: {},
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'nginx', image: 'nginx', command: ['sh', '-c', 'date'], ports: [{ containerPort: 80 }], resources: {} }],
        },
      },
    },
    status: {},
  });
  assert.deepEqual(decodeProtobuf(bytes(service), { type: 'Service' }).object, {
    metadata: { name: 's', labels: { app: 's' } },
    spec: { ports: [{ name: '80-8080', protocol: 'TCP', port: 80, targetPort: 8080 }], selector: { app: 's' }, type: 'NodePort' },
    status: { loadBalancer: {} },
  });
  assert.deepEqual(decodeProtobuf(bytes(priorityClass), { type: 'PriorityClass' }).object, {
    metadata: { name: 'p' },
    value: 0,
    preemptionPolicy: 'PreemptLowerPriority',
  });
});

test('inlined messages, times and numbers below zero', () => {
  const field = (number: number, ...content: number[]): number[] => [number * 8 + 2, content.length, ...content];
  const text = (value: string): number[] => [...Buffer.from(value)];
  const pod = [
    ...field(1, ...field(8, 8, 1)),
    ...field(2, ...field(1, ...field(1, ...text('v')), ...field(2, ...field(2))), 0x20, ...Array(9).fill(0xff), 1),
  ];
  const body = Buffer.from([...text('k8s\0'), ...field(2, ...pod)]);
  assert.deepEqual(decodeProtobuf(body, { type: 'Pod' }).object, {
    metadata: { creationTimestamp: '1970-01-01T00:00:01Z' },
    spec: { volumes: [{ name: 'v', emptyDir: {} }], terminationGracePeriodSeconds: -1 },
  });
});

test('what is no protobuf is refused', () => {
  const refused = (body: Buffer): void => {
    const expected = { group: 'apps', version: 'v1', kind: 'Deployment', schema: 'Deployment' };
    assert.throws(
      () => decodeObject({ bytes: body, format: 'protobuf', expected }),
      (error) => isStatus(error, 'BadRequest'),
    );
  };
  refused(Buffer.from('{}'));
  refused(bytes(deployment).subarray(0, 100));
  refused(Buffer.from([...Buffer.from('k8s\0'), 0x12, 0x7f, 1]));
  refused(bytes(service));
  assert.equal(hasProtobuf('CustomResourceDefinition'), false);
});
