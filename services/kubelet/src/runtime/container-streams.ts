import type { Readable } from 'node:stream';

export interface TerminalSize {
  width: number;
  height: number;
}

/** The far ends of a process's streams. What is undefined is not wanted. */
export interface StreamEnds {
  stdin?: Readable;
  /** Resolves when the reader can take more. */
  stdout?(data: Buffer): Promise<void>;
  stderr?(data: Buffer): Promise<void>;
  /** Calls back at each change of the terminal's size. */
  onResize?(listener: (size: TerminalSize) => void): void;
  signal: AbortSignal;
}

/** Interactive access to containers: what the CRI's Exec, Attach and PortForward lead to. */
export interface ContainerStreams {
  /** Resolves with the exit code. */
  exec(request: { containerId: string; cmd: string[]; tty: boolean }, ends: StreamEnds): Promise<number>;
  /** Resolves when the container's output ends. */
  attach(request: { containerId: string; tty: boolean }, ends: StreamEnds): Promise<void>;
  /** The network namespace's path of a running sandbox. */
  netnsOf(sandboxId: string): Promise<string>;
}
