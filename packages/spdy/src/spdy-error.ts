/** Why a stream was reset (RST_STREAM). */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  unsupportedVersion: 4,
  cancel: 5,
  internalError: 6,
  flowControlError: 7,
  streamInUse: 8,
  streamAlreadyClosed: 9,
  frameTooLarge: 11,
} as const;

/** How a session ended (GOAWAY). */
export const goAwayStatus = { ok: 0, protocolError: 1 } as const;

/** The peer broke the protocol or a limit: the session is over. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

/** One stream was reset, by the peer or by us; the session goes on. */
export class StreamReset extends Error {
  override readonly name = 'StreamReset';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The session ended while the stream was open. */
export class SessionClosed extends Error {
  override readonly name = 'SessionClosed';
}
