import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EtcdProcess, EtcdStore, startEtcd } from '@t8s/storage';
import { Allocator, type ItemRange } from './allocator.ts';

let etcd: EtcdProcess;
let stores: EtcdStore[];
before(async () => {
  etcd = await startEtcd();
  stores = [1, 2].map(() => new EtcdStore({ endpoints: [etcd.endpoint] }));
});
after(async () => {
  for (const store of stores) store.close();
  await etcd.stop();
});

test('nothing is given twice by two servers, and everything is given in the end', async () => {
  const range = (count: number): ItemRange => ({ count, item: (n) => `item-${n}` });
  const allocators = stores.map((store) => new Allocator({ store, pool: 'pool', ranges: () => [range(30), range(40)] }));
  const given = await Promise.all(Array.from({ length: 50 }, (_, i) => allocators[i % 2]?.allocate(`owner-${i}`)));
  const items = given.filter((item) => item !== undefined);
  assert.equal(items.length, 40);
  assert.equal(new Set(items).size, 40);
  await allocators[0]?.release(items[0] ?? '', 'somebody else');
  assert.equal(await allocators[1]?.allocate('late'), undefined);
  await allocators[0]?.release(items[0] ?? '', `owner-${given.indexOf(items[0])}`);
  assert.equal(await allocators[1]?.allocate('late'), items[0]);
});
