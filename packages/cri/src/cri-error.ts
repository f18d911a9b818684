/** gRPC's status codes by name (https://grpc.io/docs/guides/status-codes/): the ones a runtime answers with. */
const codes = {
  Cancelled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  FailedPrecondition: 9,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
} as const;

export type CriErrorCode = keyof typeof codes;

/** The one way a runtime call fails. */
export class CriError extends Error {
  override readonly name = 'CriError';
  readonly code: CriErrorCode;

  constructor(code: CriErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get grpcCode(): number {
    return codes[this.code];
  }
}

/** The CriError of a gRPC status number; unlisted numbers are Unknown. */
export function criErrorOf(grpcCode: number, message: string, cause?: unknown): CriError {
  const found = Object.entries(codes).find(([, number]) => number === grpcCode)?.[0] as CriErrorCode | undefined;
  return new CriError(found ?? 'Unknown', message, { cause });
}

export function isCriError(error: unknown, ...wanted: CriErrorCode[]): error is CriError {
  return error instanceof CriError && (wanted.length === 0 || wanted.includes(error.code));
}
