/** Why a container does not run: what its status shows as waiting, and when to try again (ms). */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: string;
  readonly retryAfter: number | undefined;

  constructor(reason: string, message: string, retryAfter: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}
