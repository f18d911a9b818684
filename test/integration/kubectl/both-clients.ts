/** The same command line through a real kubectl and the bundled one, each in a namespace and with a kubeconfig of its own. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Io, kubectl } from '@t8s/cli';
import type { Cluster } from '../harness.ts';
import { environment, given, newSide, type Ran, runReal, type Side, settled } from './side.ts';

/** What differs by chance is the same in both. */
export interface BothClients {
  run(line: string, stdin?: string): Promise<{ theirs: Ran; ours: Ran }>;
}

/** `program` is the path of a real kubectl. `$NS` in lines and on stdin is the namespace. */
export async function bothClients(cluster: Cluster, program: string): Promise<BothClients> {
  const dir = join(cluster.pki.dir, 'clients');
  mkdirSync(dir);
  // Some texts name the program.
  const link = join(dir, 'kubectl');
  symlinkSync(program, link);
  const a = await newSide(cluster, 'parity-a');
  const b = await newSide(cluster, 'parity-b');
  return {
    async run(line, stdin = '') {
      const [theirs, ours] = await Promise.all([runReal(link, given(a, line, stdin), a), runBundled(given(b, line, stdin), b)]);
      return { theirs: settled(theirs, a), ours: settled(ours, b) };
    },
  };
}

async function runBundled([args, stdin]: [string[], string], side: Side): Promise<Ran> {
  const ran = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    stdin: Readable.from([stdin]),
    env: environment(side),
    now: () => Date.now(),
    signal: AbortSignal.timeout(20_000),
  };
  return { code: await kubectl(args, io), ...ran };
}
