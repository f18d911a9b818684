import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaceKind } from '@t8s/api';
import { isStatus, StatusError } from '@t8s/meta';
import { requestOf } from '../request.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import { namespaceLifecycle } from './plugin.ts';

const namespace = (metadata: object = {}) => ({ metadata: { name: 'd', ...metadata }, spec: {} });
const admit = (store: ReturnType<typeof storeOf>, write = podWrite()): Promise<void> | void => namespaceLifecycle(store).mutate?.(write);

test('nothing is made where there is no namespace', async () => {
  await assert.rejects(
    async () => admit(storeOf({})),
    (error) => isStatus(error, 'NotFound'),
  );
  await admit(storeOf({ namespaces: [namespace()] }));
});

test('a namespace made a moment ago counts', async () => {
  await admit(storeOf({}, { namespaces: [namespace()] }));
});

test('nothing is made in a namespace on its way out; what is there may change', async () => {
  const store = storeOf({ namespaces: [namespace({ deletionTimestamp: '2025-01-01T00:00:00Z' })] });
  await assert.rejects(
    async () => admit(store),
    (error) =>
      error instanceof StatusError && error.status.code === 403 && error.status.details?.causes?.[0]?.reason === 'NamespaceTerminating',
  );
  const write = podWrite();
  await admit(store, { ...write, old: write.object });
});

test('objects without a namespace pass', async () => {
  await admit(storeOf({}), podWrite({}, { resource: { kind: namespaceKind, storage: 'namespaces' } }));
});

test('nor is a token or an eviction made there, but a review of access is', async () => {
  const store = storeOf({ namespaces: [namespace({ deletionTimestamp: '2025-01-01T00:00:00Z' })] });
  const ask = async (storage: string, subresource: string): Promise<void> => {
    const { resource, ...rest } = requestOf(podWrite());
    await namespaceLifecycle(store).review?.({ ...rest, resource: { ...resource, storage }, subresource });
  };
  await assert.rejects(ask('pods', 'eviction'), {
    message: 'pods "web" is forbidden: unable to create new content in namespace d because it is being terminated',
  });
  await ask('localsubjectaccessreviews', '');
});
