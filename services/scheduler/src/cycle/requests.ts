/** Writes to the API under way. Cycles pause while there are many: more would only queue in the apiserver. */
const many = 64;

export class Requests {
  readonly #onFree: () => void;
  #underWay = 0;

  /** `onFree`: cycles that paused may go on. */
  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get isFull(): boolean {
    return this.#underWay >= many;
  }

  async send<T>(request: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await request();
    } finally {
      if (this.#underWay-- === many) this.#onFree();
    }
  }
}
