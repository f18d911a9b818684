import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pod, type PriorityClass, priorityClassKind } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import type { Write } from '../../write-chain.ts';
import { requestOf } from '../request.ts';
import { podWrite, storeOf } from '../test-objects.ts';
import { priority } from './plugin.ts';

const classes: PriorityClass[] = [
  { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' },
  { metadata: { name: 'usual' }, value: 10, globalDefault: true },
  { metadata: { name: 'lower' }, value: 5, globalDefault: true },
];

async function admit(spec: object, known = classes): Promise<unknown[]> {
  const write = podWrite(spec);
  await priority(storeOf({ priorityclasses: known })).mutate?.(write);
  const { priorityClassName, priority: value, preemptionPolicy } = (write.object as Pod).spec;
  return [priorityClassName, value, preemptionPolicy];
}

test('a class becomes its number; without one the lowest default class counts, and without that zero', async () => {
  assert.deepEqual(await admit({ priorityClassName: 'high' }), ['high', 1000, 'Never']);
  assert.deepEqual(await admit({}), ['lower', 5, 'PreemptLowerPriority']);
  assert.deepEqual(await admit({}, []), [undefined, 0, 'PreemptLowerPriority']);
});

test('unknown classes and numbers of one’s own are refused', async () => {
  await assert.rejects(admit({ priorityClassName: 'nope' }), (error) => isStatus(error, 'Forbidden'));
  await assert.rejects(admit({ priorityClassName: 'high', priority: 7 }), (error) => isStatus(error, 'Forbidden'));
  assert.deepEqual((await admit({ priorityClassName: 'high', priority: 1000 }))[1], 1000);
  await assert.rejects(admit({ priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' }), {
    message:
      'pods "web" is forbidden: the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
  });
});

test('who updates a pod need not repeat its priority', () => {
  const write = podWrite({}, { old: podWrite({ priority: 7, preemptionPolicy: 'Never' }).object });
  priority(storeOf({})).mutate?.(write);
  const { priority: value, preemptionPolicy } = (write.object as Pod).spec;
  assert.deepEqual([value, preemptionPolicy], [7, 'Never']);
});

test('there is one default class', () => {
  const of = (name: string, change: Partial<Write> = {}): Write =>
    podWrite(
      {},
      {
        resource: { kind: priorityClassKind, storage: 'priorityclasses' },
        object: { metadata: { name }, globalDefault: true } as never,
        ...change,
      },
    );
  const plugin = priority(storeOf({ priorityclasses: classes.slice(0, 2) }));
  assert.throws(() => plugin.validate?.(of('other')), {
    message:
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
  });
  const old = { metadata: { name: 'usual' } };
  plugin.validate?.(of('usual', { old }));
});

test('the classes of the system stay', () => {
  const remove = (name: string): void => {
    const request = requestOf(podWrite({}, { resource: { kind: priorityClassKind, storage: 'priorityclasses' } }));
    priority(storeOf({})).review?.({ ...request, operation: 'DELETE', name });
  };
  remove('high');
  assert.throws(() => remove('system-node-critical'), {
    message: 'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
  });
});
