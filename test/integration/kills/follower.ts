import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { ConfigMap } from '@t8s/api';
import { lines } from '@t8s/client';
import type { Status } from '@t8s/meta';
import type { RawClient } from '../raw.ts';

export interface Seen {
  type: string;
  name: string;
  uid: string;
  revision: number;
  n: number;
}

/**
 * Watches config maps, goes on behind the last event at the next server when its connection breaks, and keeps what they must be by
 * what it has heard.
 */
export class Follower {
  /** In the order they came, each once. */
  readonly seen: Seen[] = [];
  /** By name, what is there. */
  readonly objects = new Map<string, Seen>();
  #revision: number;
  #breaks = 0;
  readonly #clients: readonly RawClient[];
  readonly #path: string;
  readonly #abort = new AbortController();
  /** Settles when it is stopped, or when something was wrong with the events. */
  readonly ended: Promise<void>;

  /** Hears of everything after `revision`; `path` is a list's, with a query. */
  constructor(clients: readonly RawClient[], path: string, revision: number) {
    this.#clients = clients;
    this.#path = path;
    this.#revision = revision;
    this.ended = this.#follow();
    // Whoever stops it hears of it.
    this.ended.catch(() => undefined);
  }

  /** How often its connection has broken. */
  get breaks(): number {
    return this.#breaks;
  }

  /** Ends it. Throws what was wrong with the events. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#watch();
      } catch (error) {
        // Whatever else it is, it comes from the connection.
        if (error instanceof assert.AssertionError || error instanceof SyntaxError) throw error;
      }
      this.#breaks++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #watch(): Promise<void> {
    const path = `${this.#path}&watch=1&allowWatchBookmarks=true&resourceVersion=${this.#revision}`;
    const client = this.#clients[this.#breaks % this.#clients.length];
    const asked = request({ ...client?.options, agent: false, path, signal: this.#abort.signal });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) {
      response.resume();
      assert.ok((response.statusCode ?? 0) >= 500, `a watch was answered with ${response.statusCode}`);
      return;
    }
    for await (const line of lines(response)) this.#take(JSON.parse(line));
  }

  #take({ type, object }: { type: string; object: ConfigMap & Status }): void {
    // A server that is short of its store ends a watch in this way; a 410 would mean that events are lost.
    if (type === 'ERROR') {
      assert.ok((object.code ?? 0) >= 500, JSON.stringify(object));
      return;
    }
    const { name = '', uid = '', resourceVersion } = object.metadata;
    const revision = Number(resourceVersion);
    if (type === 'BOOKMARK') {
      assert.ok(revision >= this.#revision, `a bookmark at ${revision} after ${this.#revision}`);
      this.#revision = revision;
      return;
    }
    const seen: Seen = { type, name, uid, revision, n: Number(object.data?.['n']) };
    const told = JSON.stringify(seen);
    assert.ok(revision > this.#revision, `${told} after revision ${this.#revision}`);
    const before = this.objects.get(name);
    assert.equal(before === undefined, type === 'ADDED', `${told} where there was ${JSON.stringify(before)}`);
    assert.ok(before === undefined || before.uid === uid, `${told} where there was ${JSON.stringify(before)}`);
    this.#revision = revision;
    this.seen.push(seen);
    if (type === 'DELETED') this.objects.delete(name);
    else this.objects.set(name, seen);
  }
}
