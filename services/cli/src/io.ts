/** Where a command reads and writes; tests give their own. */
export interface Io {
  /** Text, or bytes that need not be text. */
  out(text: string | Uint8Array): void;
  err(text: string | Uint8Array): void;
  stdin: NodeJS.ReadableStream;
  env: NodeJS.ProcessEnv;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends watches and streams. */
  signal: AbortSignal;
  /** The terminal's size where stdout is one. */
  terminal?: { columns: number; rows: number };
}

export async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
