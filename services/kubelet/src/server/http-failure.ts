/** An answer other than 200 of the kubelet's server. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
