/** An answer other than 200 of the kubelet's server. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}
