/** Archives through the streams of `tar` in a container. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Pod } from '@t8s/api';
import type { Io } from '../../io.ts';
import { getObject } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { runRemote } from '../exec/remote-command.ts';
import { Failure } from '../failure.ts';
import { defaultContainer } from '../logs/containers.ts';

export interface Place {
  namespace: string | undefined;
  pod: string;
  path: string;
}

export interface Copying {
  /** '' is the pod's default. */
  container: string;
  /** Owners and modes are kept. */
  keepsOwner: boolean;
}

interface Running {
  command: readonly string[];
  stdin?: NodeJS.ReadableStream;
  out?(bytes: Uint8Array): void;
}

/** Resolves with the exit code. */
async function run(
  session: Session,
  { namespace = session.namespace, pod: name }: Place,
  { container, command, stdin, out }: Running & { container: string },
): Promise<number> {
  const { io, client, discovery } = session;
  const resource = await discovery.find('pods');
  const pod = (await getObject(client, resource, { namespace, name })) as unknown as Pod;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Failure(`error: cannot exec into a container in a completed pod; current phase is ${phase}`);
  const query = new URLSearchParams([
    ...command.map((word): [string, string] => ['command', word]),
    ['container', container || defaultContainer(pod, (text) => io.err(text))],
    ['stdin', String(stdin !== undefined)],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ]);
  const streams: Io = { ...io, stdin: stdin ?? Readable.from([]), out: (bytes) => out?.(Buffer.from(bytes)) };
  const path = `${pathOf(resource, { namespace, name, subresource: 'exec' })}?${query}`;
  return runRemote({ io: streams, client }, path, { stdin: stdin !== undefined, tty: false });
}

export const isRemoteDirectory = async (session: Session, place: Place, { container }: Copying): Promise<boolean> =>
  (await run(session, place, { container, command: ['test', '-d', place.path] })) === 0;

export async function upload(session: Session, { from, to, container, keepsOwner }: Copying & { from: string; to: Place }): Promise<void> {
  const path = resolve(from);
  const name = posix.basename(to.path);
  // The archive's one root is called as it will be there.
  const renamed = `--transform=flags=r;s,^${quoted(basename(path), /[\\.*[\]^$,]/g)},${quoted(name, /[\\&,]/g)},`;
  const tar = spawn('tar', ['-cf', '-', '-C', dirname(path), renamed, basename(path)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = ended(tar);
  // What nobody listens for when tar is done is lost.
  const archive = tar.stdout.pipe(new PassThrough());
  const command = ['tar', ...(keepsOwner ? [] : ['--no-same-permissions', '--no-same-owner']), '-xmf', '-', '-C', posix.dirname(to.path)];
  const code = await run(session, to, { container, command, stdin: archive }).catch((error: unknown) => {
    tar.kill();
    throw error;
  });
  if (code !== 0) {
    tar.kill();
    throw new Failure(`command terminated with exit code ${code}`, code);
  }
  const failure = await told;
  if (failure) throw failure;
}

const quoted = (text: string, special: RegExp): string => text.replaceAll(special, '\\$&');

export async function download(session: Session, { from, to, container }: Copying & { from: Place; to: string }): Promise<void> {
  const stage = mkdtempSync(join(tmpdir(), 'kubectl-cp-'));
  try {
    const tar = spawn('tar', ['-xf', '-', '-C', stage], { stdio: ['pipe', 'ignore', 'pipe'] });
    const told = ended(tar);
    const command = ['tar', 'cf', '-', from.path];
    const code = await run(session, from, { container, command, out: (bytes) => tar.stdin.write(bytes) }).finally(() => tar.stdin.end());
    const failure = await told;
    if (code !== 0) throw new Failure(`command terminated with exit code ${code}`, code);
    if (failure) throw failure;
    // Names in the archive are without the first slash, and without steps up.
    const root = join(stage, posix.normalize(`/${from.path}`));
    if (!existsSync(root)) throw new Failure(`error: ${from.path} no such file or directory`);
    mkdirSync(dirname(resolve(to)), { recursive: true });
    cpSync(root, to, { recursive: true, force: true, verbatimSymlinks: true });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** Resolves with what went wrong, or with nothing. */
function ended(tar: ReturnType<typeof spawn>): Promise<Failure | undefined> {
  let said = '';
  tar.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((done) => {
    tar.once('error', ({ message }) =>
      done(new Failure(`error: archives are made by the program tar, which can't be run here: ${message}`)),
    );
    tar.once('close', (code) => done(code === 0 ? undefined : new Failure(`error: ${said.trim() || `tar ended with code ${code}`}`)));
  });
}
