import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podKind } from '@t8s/api';
import { FakeClient } from '@t8s/testkit';
import { toPodInfo } from '../../framework/pod-info.ts';
import { testPod } from '../../test-objects.ts';
import { defaultBinder } from './default-binder.ts';

test('posts a binding that names the pod by its uid, and the node', async () => {
  const client = new FakeClient();
  const pod = await client.resource(podKind).create(testPod());
  await defaultBinder({ client }).bind?.(toPodInfo(pod), 'n', new AbortController().signal);
  const action = client.actions.at(-1);
  assert.equal(`${action?.verb} ${action?.resource}`, 'create pods/binding');
  assert.deepEqual(action?.object, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'p', namespace: 'default', uid: pod.metadata.uid },
    target: { kind: 'Node', name: 'n' },
  });
});
