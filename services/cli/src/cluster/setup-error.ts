/** A step of `up` or `down` that can't be done: one line that says what, why, and what to do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';

  constructor({ what, why, remedy }: { what: string; why: string; remedy?: string }, options?: ErrorOptions) {
    super(`${what}: ${why}${remedy === undefined ? '' : `; ${remedy}`}`, options);
  }
}
