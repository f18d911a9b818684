/** exec and attach, whatever the client's streams travel on. */
import { type Status, StatusError } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';
import type { ContainerStreams, StreamEnds } from '../runtime/container-streams.ts';
import { HttpFailure } from './http-failure.ts';
import type { ServedContainer } from './served-container.ts';

export interface StreamsWanted {
  stdin: boolean;
  stdout: boolean;
  /** Never with a terminal: it has one output. */
  stderr: boolean;
  tty: boolean;
}

export interface RemoteCommand {
  action: 'exec' | 'attach';
  containerId: string;
  cmd: string[];
  wanted: StreamsWanted;
}

/** The client's ends of the streams it asked for. */
export interface CommandChannels {
  ends: StreamEnds;
  /** Sends the outcome, after all output, and closes. */
  finish(outcome: Status): Promise<void>;
}

/** Reads what is asked for; stdin, stdout, stderr are the API's words, input, output, error those of apiserver to kubelet. */
export function remoteCommand(action: 'exec' | 'attach', container: ServedContainer, query: URLSearchParams): RemoteCommand {
  if (!container.running) throw new HttpFailure(500, `container not found ("${container.name}")`);
  const has = (...names: string[]): boolean => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = action === 'exec' ? has('tty') : container.tty;
  const wanted = {
    stdin: has('input', 'stdin') && (action === 'exec' || container.stdin),
    stdout: has('output', 'stdout'),
    stderr: has('error', 'stderr') && !has('tty'),
    tty,
  };
  if (!wanted.stdin && !wanted.stdout && !wanted.stderr) throw new HttpFailure(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return { action, containerId: container.id, cmd: query.getAll('command'), wanted };
}

/** Runs to the end of the process, or of the client. Never rejects: what failed is the outcome, or the client has gone. */
export async function runCommand(
  { action, containerId, cmd, wanted: { tty } }: RemoteCommand,
  { streams, channels, log }: { streams: ContainerStreams; channels: CommandChannels; log: Logger },
): Promise<void> {
  const run = async (): Promise<Status> => {
    if (action === 'exec') return exitStatus(cmd, await streams.exec({ containerId, cmd, tty }, channels.ends));
    await streams.attach({ containerId, tty }, channels.ends);
    return { status: 'Success' };
  };
  const what = action === 'exec' ? 'error executing command in container' : 'error attaching to container';
  const outcome = await run().catch((error: unknown) => failureStatus(what, error));
  try {
    await channels.finish(outcome);
  } catch (error) {
    log.debug({ err: error }, 'a stream ended before its outcome was sent');
  }
}

/** The Status of a command that has ended. */
function exitStatus(cmd: readonly string[], exitCode: number): Status {
  if (exitCode === 0) return { status: 'Success' };
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: error executing command [${cmd.join(' ')}], exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** The outcome before v4: a message when something failed, and nothing otherwise. */
export function plainOutcome({ status, message }: Status): string {
  return status === 'Success' ? '' : (message ?? '');
}

function failureStatus(what: string, error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  const message = `${what}: ${(error as Error).message}`;
  return {
    status: 'Failure',
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
    code: 500,
  };
}
