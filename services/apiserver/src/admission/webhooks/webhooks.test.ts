import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MutatingWebhook, mutatingWebhookConfigurationKind } from '@t8s/api';
import { type KubeObject, StatusError } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { ResourceContext } from '../../context.ts';
import { ApiServerMetrics } from '../../metrics.ts';
import { ServedResources } from '../../registry/served-resources.ts';
import { type WebhookClient, WebhookError, type WebhookTarget } from '../../webhooks/webhook-client.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { deletionRequest } from '../request.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import { mutatingWebhooks } from './mutating.ts';
import { validatingWebhooks } from './validating.ts';

interface Asked {
  url: string;
  timeout: number;
  request: Record<string, unknown> & { uid: string; object: KubeObject | null; oldObject: KubeObject | null };
}
/** The response of the webhook at a URL: a part of it, or the whole answer. */
type Answer = (asked: Asked) => object | Promise<object>;

const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const patch = (...operations: object[]): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const label = (name: string, value = 'yes'): object => ({ op: 'add', path: `/metadata/labels/${name}`, value });

/** Plugins with webhooks `w0.example.com`, `w1.example.com` … which answer in this way, and what they were asked. */
function set(...hooks: (Partial<MutatingWebhook> & { answer: Answer })[]) {
  const asked: Asked[] = [];
  const webhooks = hooks.map(({ answer: _, ...change }, i) => ({
    name: `w${i}.example.com`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: `https://${i}/` },
    rules: [rule],
    ...change,
  }));
  const configuration = { metadata: { name: 'c' }, webhooks };
  mutatingWebhookConfigurationKind.strategy.defaults?.(configuration);
  const client = {
    async post({ url = '' }: WebhookTarget, { body, timeout }: { body: object; timeout: number }) {
      const { request } = body as Asked;
      const one = { url, timeout, request: structuredClone(request) };
      asked.push(one);
      const response = await hooks[Number(new URL(url).hostname.split('.').at(-1))]?.answer(one);
      if (response && 'raw' in response) return response.raw;
      return { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response: { uid: request.uid, allowed: true, ...response } };
    },
  } as unknown as WebhookClient;
  const options = {
    objects: storeOf({ mutatingwebhookconfigurations: [configuration], validatingwebhookconfigurations: [configuration] }),
    served: new ServedResources(),
    authorize: () => ({ decision: 'no-opinion' as const, reason: '' }),
    client,
    metrics: new ApiServerMetrics(),
    log: { warn: () => undefined } as unknown as Logger,
  };
  return { asked, mutating: mutatingWebhooks(options), validating: validatingWebhooks(options) };
}

const context = (): ResourceContext =>
  ({
    user: { name: 'jane', groups: ['dev'] },
    query: new URLSearchParams({ fieldManager: 'm' }),
    info: { namespace: 'd', name: '' },
    warnings: [],
    annotations: new Map(),
  }) as unknown as ResourceContext;
const write = (change: Partial<Write> = {}): Write => podWrite({}, { context: context(), ...change });

async function told(plugin: AdmissionPlugin, of = write()): Promise<{ code: number; message: string }> {
  try {
    await plugin.validate?.(of);
    await plugin.mutate?.(of);
  } catch (error) {
    if (error instanceof StatusError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 0, message: 'no error' };
}

test('a webhook is asked with an AdmissionReview', async () => {
  const { asked, validating } = set({ answer: () => ({ warnings: ['mind'] }), timeoutSeconds: 3 });
  const of = write();
  await validating.validate?.(of);
  assert.equal(asked[0]?.timeout, 3000);
  const { uid, object, ...request } = asked[0]?.request ?? {};
  assert.match(uid ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(object, { ...of.object, kind: 'Pod', apiVersion: 'v1' });
  assert.deepEqual(request, {
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    requestResource: { group: '', version: 'v1', resource: 'pods' },
    name: 'web',
    namespace: 'd',
    operation: 'CREATE',
    userInfo: { username: 'jane', groups: ['dev'] },
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'm' },
  });
  assert.deepEqual(of.context.warnings, ['mind']);
});

test('a denial, in upstream’s words', async () => {
  const denied = (status?: object): Promise<{ code: number; message: string }> =>
    told(set({ answer: () => ({ allowed: false, ...(status && { status }) }) }).validating);
  const words = 'admission webhook "w0.example.com" denied the request';
  assert.deepEqual(await denied({ message: 'no', code: 403 }), { code: 403, message: `${words}: no` });
  assert.deepEqual(await denied({ reason: 'Forbidden' }), { code: 400, message: `${words}: Forbidden` });
  assert.deepEqual(await denied(), { code: 400, message: `${words} without explanation` });
});

test('a webhook that can’t be asked, or answers nonsense: the failure policy decides', async () => {
  const unreachable = (): never => {
    throw new WebhookError('Post "https://0/?timeout=10s": dial tcp 0.0.0.0:443: connect: connection refused');
  };
  const words = 'Internal error occurred: failed calling webhook "w0.example.com":';
  assert.deepEqual(await told(set({ answer: unreachable }).validating), {
    code: 500,
    message: `${words} failed to call webhook: Post "https://0/?timeout=10s": dial tcp 0.0.0.0:443: connect: connection refused`,
  });
  assert.equal((await told(set({ answer: unreachable, failurePolicy: 'Ignore' }).validating)).code, 0);
  const invalid = async (answer: object): Promise<string> => (await told(set({ answer: () => answer }).validating)).message;
  assert.equal(
    await invalid({ raw: {} }),
    `${words} received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got , Kind=`,
  );
  assert.match(await invalid({ uid: 'x' }), /received invalid webhook response: expected response.uid="[^"]+", got "x"$/);
  assert.match(await invalid(patch()), /validating webhook may not return response.patch$/);
});

test('who is not asked: other rules, selectors, conditions; nothing is asked twice in a dry run with side effects', async () => {
  const denies: Answer = () => ({ allowed: false });
  for (const change of [
    { rules: [{ ...rule, operations: ['DELETE'] }] },
    { rules: [{ ...rule, resources: ['pods/status'] }] },
    { objectSelector: { matchLabels: { a: 'b' } } },
    { matchConditions: [{ name: 'c', expression: "request.userInfo.username != 'jane'" }] },
    { matchConditions: [{ name: 'c', expression: 'object.nope == 1' }], failurePolicy: 'Ignore' },
  ])
    assert.equal((await told(set({ answer: denies, ...change }).validating)).code, 0, JSON.stringify(change));
  const failing = set({ answer: denies, matchConditions: [{ name: 'c', expression: 'object.nope == 1' }] });
  assert.deepEqual(await told(failing.validating), {
    code: 403,
    message: `pods "web" is forbidden: expression 'object.nope == 1' resulted in error: no such key: nope`,
  });
  const effects = set({ answer: denies, sideEffects: 'Some' });
  assert.deepEqual(await told(effects.validating, write({ dryRun: true })), {
    code: 400,
    message: 'admission webhook "w0.example.com" does not support dry run',
  });
});

test('mutating webhooks see what those before made of the object, which gets its defaults again', async () => {
  const container = { op: 'add', path: '/spec/initContainers', value: [{ name: 'init', image: 'i' }] };
  const { asked, mutating } = set(
    { answer: () => patch({ op: 'add', path: '/metadata/labels', value: { first: 'yes' } }, container) },
    { answer: () => patch(label('second')) },
  );
  const of = write();
  await mutating.mutate?.(of);
  assert.deepEqual(of.object.metadata.labels, { first: 'yes', second: 'yes' });
  assert.deepEqual(asked[1]?.request.object?.metadata.labels, { first: 'yes' });
  const [init] = (of.object as { spec?: { initContainers?: { terminationMessagePath?: string }[] } }).spec?.initContainers ?? [];
  assert.equal(init?.terminationMessagePath, '/dev/termination-log');
  assert.equal(of.mutateAgain, true);
});

test('in the second round those see the object again that ask for it and for which it has changed', async () => {
  const first: Answer = ({ request }) =>
    request.object?.metadata.labels ? {} : patch({ op: 'add', path: '/metadata/labels', value: { first: 'yes' } });
  const last: Answer = ({ request }) => (request.object?.metadata.labels?.['last'] ? {} : patch(label('last')));
  const again = { reinvocationPolicy: 'IfNeeded' };
  const { asked, mutating } = set({ answer: first, ...again }, { answer: () => ({}) }, { answer: last, ...again });
  const of = write();
  await mutating.mutate?.(of);
  await mutating.mutate?.(of);
  assert.deepEqual(
    asked.map(({ url }) => new URL(url).hostname.split('.').at(-1)),
    ['0', '1', '2', '0'],
  );
});

test('patches that can’t be', async () => {
  const of = async (answer: object): Promise<string> => (await told(set({ answer: () => answer }).mutating)).message;
  assert.match(
    await of({ patch: 'e30=', patchType: 'JSONPatch' }),
    /received undecodable patch in webhook response: json: cannot unmarshal object/,
  );
  assert.match(await of({ patch: 'e30=' }), /webhook returned response.patch but not response.patchType$/);
  assert.match(await of({ patch: 'e30=', patchType: 'Merge' }), /webhook returned invalid response.patchType of "Merge"$/);
  assert.match(
    await of(patch({ op: 'replace', path: '/metadata/namespace', value: 'x' })),
    /does not match the namespace sent on the request$/,
  );
  assert.match(await of(patch({ op: 'replace', path: '/spec', value: 'x' })), /^Internal error occurred: /);
});

test('a deletion is shown with the old object alone, and can’t be changed', async () => {
  const { asked, mutating } = set({ answer: () => patch(label('x')) });
  const { object, resource } = write();
  const request: AdmissionRequest = deletionRequest({ ...context(), resource } as ResourceContext, object, { gracePeriodSeconds: 1 });
  await assert.rejects(Promise.resolve(mutating.review?.(request)), {
    message:
      'Internal error occurred: admission webhook "w0.example.com" attempted to modify the object, which is not supported for this operation',
  });
  assert.equal(asked[0]?.request.object, null);
  assert.equal(asked[0]?.request.oldObject?.metadata.name, 'web');
  assert.deepEqual(asked[0]?.request['options'], { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', gracePeriodSeconds: 1 });
});
