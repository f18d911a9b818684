import { CriError, type CriErrorCode } from '@t8s/cri';

const byStatus: Record<number, CriErrorCode> = { 400: 'InvalidArgument', 404: 'NotFound', 409: 'AlreadyExists', 501: 'Unimplemented' };
const unreachable = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EACCES']);

interface DockerodeError extends Error {
  statusCode?: number;
  code?: string;
  json?: { message?: string };
}

/** A failed Docker call as a CriError, in the words the Docker client uses ("Error response from daemon: …"). */
export function dockerError(error: unknown): CriError {
  if (error instanceof CriError) return error;
  const { statusCode, code, json, message } = error as DockerodeError;
  if (statusCode !== undefined) {
    const text = (json?.message ?? message.replace(/^\(HTTP code \d+\) [^-]* - /, '')).trim();
    return new CriError(byStatus[statusCode] ?? 'Unknown', `Error response from daemon: ${text}`, { cause: error });
  }
  if (code !== undefined && unreachable.has(code))
    return new CriError('Unavailable', `Cannot connect to the Docker daemon: ${message}`, { cause: error });
  return new CriError('Unknown', message, { cause: error });
}

/** Awaits a Docker call; its failures become CriErrors. */
export async function docker<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw dockerError(error);
  }
}

/** The same where these codes of Docker (304 not modified, 404 gone) mean that the work is done already. */
export async function dockerUnless(call: Promise<unknown>, ...fine: number[]): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!fine.includes((error as DockerodeError).statusCode ?? 0)) throw dockerError(error);
  }
}
