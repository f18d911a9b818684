import type { KubeObject } from '@t8s/meta';
import type { Version } from './cached-object.ts';

export interface OwnWrite {
  /** As in the store: `/registry/pods/d/web`. */
  key: string;
  object: KubeObject;
  /** What is written: the object's JSON as encodeObject makes it. */
  stored: Buffer;
}

export interface PendingWrite extends OwnWrite {
  /** Made by whoever comes first: the answer to the write, or its event. */
  version: Version | undefined;
}

/** Writes of ours whose event is still to come. It often overtakes the answer, so writes are entered before they are sent. */
export class OwnWrites {
  readonly #byKey = new Map<string, PendingWrite[]>();

  begin(write: OwnWrite): PendingWrite {
    const pending = { ...write, version: undefined };
    const others = this.#byKey.get(write.key);
    if (others) others.push(pending);
    else this.#byKey.set(write.key, [pending]);
    return pending;
  }

  /** The write that an event is of: the one known to have this revision, or one still unanswered with these very bytes. */
  match(key: string, stored: Buffer, revision: number): PendingWrite | undefined {
    const candidates = this.#byKey.get(key);
    return (
      candidates?.find(({ version }) => version?.revision === revision) ??
      candidates?.find((write) => write.version === undefined && write.stored.equals(stored))
    );
  }

  end(pending: PendingWrite): void {
    const left = this.#byKey.get(pending.key)?.filter((other) => other !== pending) ?? [];
    if (left.length > 0) this.#byKey.set(pending.key, left);
    else this.#byKey.delete(pending.key);
  }

  /** Forgets all: the events were passed over. */
  clear(): void {
    this.#byKey.clear();
  }

  get size(): number {
    return this.#byKey.size;
  }
}
