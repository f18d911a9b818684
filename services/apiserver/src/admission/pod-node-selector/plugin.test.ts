import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@t8s/api';
import { podWrite, storeOf } from '../test-objects.ts';
import { podNodeSelector } from './plugin.ts';

interface Case {
  /** The namespace's annotation. */
  annotated?: string;
  configured?: Record<string, string>;
  own?: Record<string, string>;
  /** The selector the pod gets, or why it is refused. */
  want: Record<string, string> | string | undefined;
}

const conflict = 'pods "web" is forbidden: pod node label selector conflicts with its namespace node label selector';
const beyond = 'pods "web" is forbidden: pod node label selector labels conflict with its namespace whitelist';
const cases: Case[] = [
  { want: undefined },
  { annotated: 'env=test, zone=a', want: { env: 'test', zone: 'a' } },
  { annotated: 'env=test', own: { disk: 'ssd' }, want: { env: 'test', disk: 'ssd' } },
  { annotated: 'env=test', own: { env: 'prod' }, want: conflict },
  { annotated: '', configured: { clusterDefaultNodeSelector: 'env=test' }, want: undefined },
  { configured: { clusterDefaultNodeSelector: 'env=test' }, want: { env: 'test' } },
  { annotated: 'env=test', configured: { d: 'env=test,disk=ssd' }, own: { disk: 'ssd' }, want: { env: 'test', disk: 'ssd' } },
  { annotated: 'env=test', configured: { d: 'env=test' }, own: { disk: 'ssd' }, want: beyond },
  { annotated: 'env=test', configured: { d: 'env=prod' }, want: beyond },
  { annotated: 'env', want: 'invalid selector: [env]' },
];

for (const { annotated, configured, own, want } of cases)
  test(`${JSON.stringify({ annotated, configured, own })} → ${JSON.stringify(want)}`, async () => {
    const annotations: Record<string, string> = annotated === undefined ? {} : { 'scheduler.alpha.kubernetes.io/node-selector': annotated };
    const plugin = podNodeSelector(
      storeOf({ namespaces: [{ metadata: { name: 'd', annotations } }] }),
      configured && { podNodeSelectorPluginConfig: configured },
    );
    const write = podWrite(own && { nodeSelector: own });
    const admit = async (): Promise<void> => {
      await plugin.mutate?.(write);
      await plugin.validate?.(write);
    };
    if (typeof want === 'string') await assert.rejects(admit(), { message: want });
    else {
      await admit();
      assert.deepEqual((write.object as Pod).spec.nodeSelector, want);
    }
  });
