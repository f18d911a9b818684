/** Why a document could not be read, in the words of Go's encoding/json, which clients of the API know. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

/** Runs `read`, saying `prefix` before whatever DecodeError it throws. */
export function decoding<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`${prefix}: ${error.message}`);
    throw error;
  }
}
