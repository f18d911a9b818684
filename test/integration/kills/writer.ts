import assert from 'node:assert/strict';
import type { ConfigMap } from '@t8s/api';
import type { Random } from '@t8s/testkit';
import type { Answer, Ask, RawClient } from '../raw.ts';

/** A write that the server has acknowledged. */
export interface Acknowledged {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  name: string;
  uid: string;
  /** Unknown of a deletion. */
  revision?: number;
  n: number;
}

interface Known {
  uid: string;
  n: number;
}

export interface WriterOptions {
  clients: readonly [RawClient, ...RawClient[]];
  /** Path of the list. */
  collection: string;
  /** What its objects' names begin with. */
  name: string;
  random: Random;
}

/** Creates, changes and deletes config maps of its own, one write after the other through any server, and remembers what was acknowledged. */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** By name, what is there by all that was acknowledged or read since. */
  readonly objects = new Map<string, Known>();
  /** How many writes ended without a word whether they were done. */
  unknown = 0;
  #n = 0;
  readonly #clients: readonly [RawClient, ...RawClient[]];
  readonly #collection: string;
  readonly #names: readonly [string, ...string[]];
  readonly #random: Random;

  constructor({ clients, collection, name, random }: WriterOptions) {
    this.#clients = clients;
    this.#collection = collection;
    this.#names = [`${name}-a`, `${name}-b`, `${name}-c`];
    this.#random = random;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#write(this.#random.of(this.#names));
  }

  async #write(name: string): Promise<void> {
    const known = this.objects.get(name);
    const n = ++this.#n;
    if (!known) return this.#try(name, { type: 'ADDED', n, ask: { method: 'POST', path: this.#collection, body: this.#object(name, n) } });
    const path = `${this.#collection}/${name}`;
    if (this.#random.isIn(0.2)) return this.#try(name, { type: 'DELETED', n: known.n, ask: { method: 'DELETE', path } });
    await this.#try(name, { type: 'MODIFIED', n, ask: { method: 'PUT', path, body: this.#object(name, n) } });
  }

  readonly #object = (name: string, n: number): object => ({ metadata: { name, labels: { kills: 'yes' } }, data: { n: String(n) } });

  async #try(name: string, { type, n, ask }: { type: Acknowledged['type']; n: number; ask: Ask }): Promise<void> {
    const before = this.objects.get(name);
    const answer = await answerTo(this.#random.of(this.#clients), ask);
    if (answer === undefined || answer.code >= 500) {
      this.unknown++;
      return this.#lookAgain(name, [before?.n, type === 'DELETED' ? undefined : n]);
    }
    assert.equal(answer.code, type === 'ADDED' ? 201 : 200, `${ask.method} ${ask.path}: ${answer.body}`);
    if (type === 'DELETED') {
      this.objects.delete(name);
      this.acknowledged.push({ type, name, uid: before?.uid ?? '', n });
      return;
    }
    const { metadata } = JSON.parse(answer.body) as ConfigMap;
    const { uid = '', resourceVersion } = metadata;
    this.objects.set(name, { uid, n });
    this.acknowledged.push({ type, name, uid, revision: Number(resourceVersion), n });
  }

  /** Nobody has said whether the last write was done: what is read decides, and must be one of the two. */
  async #lookAgain(name: string, possible: readonly (number | undefined)[]): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const answer = await answerTo(this.#random.of(this.#clients), { path: `${this.#collection}/${name}` });
      if (answer === undefined || answer.code >= 500) continue;
      assert.ok([200, 404].includes(answer.code), answer.body);
      const found = answer.code === 200 ? (JSON.parse(answer.body) as ConfigMap) : undefined;
      const n = found && Number(found.data?.['n']);
      assert.ok(possible.includes(n), `${name} is ${n}, and may be ${possible.join(' or ')}`);
      if (found && n !== undefined) this.objects.set(name, { uid: found.metadata.uid ?? '', n });
      else this.objects.delete(name);
      return;
    }
  }
}

/** Undefined where the connection broke. */
async function answerTo(client: RawClient, ask: Ask): Promise<Answer | undefined> {
  try {
    return await client(ask);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) return undefined;
    throw error;
  }
}
