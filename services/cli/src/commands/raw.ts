/** What --raw does: one request, and its answer as it is. */
import { readFileSync } from 'node:fs';
import { readAll } from '../io.ts';
import { Failure } from './failure.ts';
import type { Flag, Invocation } from './verb.ts';

export const rawFlag = (method: string): Flag => ({
  name: 'raw',
  type: 'string',
  help: `Raw URI to ${method} to the server.  Uses the transport specified by the kubeconfig file.`,
});

/** The body is that of the one file given, where there is one. */
export async function requestRaw({ session, flags }: Invocation, method: 'POST' | 'PUT' | 'DELETE'): Promise<void> {
  const [file, ...more] = flags.list('filename');
  if (more.length > 0 || /^https?:\/\//.test(file ?? '')) throw new Failure('error: --raw can only use a single local file or stdin');
  const body = file === undefined ? undefined : file === '-' ? await readAll(session.io.stdin) : readFileSync(file, 'utf8');
  const headers = { 'content-type': 'application/json' };
  const answer = await session.client.request({ method, path: flags.text('raw'), ...(body !== undefined && { headers, body }) });
  session.io.out(answer.body.toString());
}
