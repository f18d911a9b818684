/** The same command line through a real kubectl and the bundled one, each in a namespace and with a kubeconfig of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Io, kubectl } from '@t8s/cli';
import type { Cluster } from '../harness.ts';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** What differs by chance is the same in both. */
export interface BothClients {
  run(line: string, stdin?: string): Promise<{ theirs: Ran; ours: Ran }>;
}

interface Side {
  namespace: string;
  kubeconfig: string;
  home: string;
}

/** `program` is the path of a real kubectl. `$NS` in lines and on stdin is the namespace. */
export async function bothClients({ pki, api }: Cluster, program: string): Promise<BothClients> {
  const dir = join(pki.dir, 'clients');
  mkdirSync(dir);
  // Some texts name the program.
  const link = join(dir, 'kubectl');
  symlinkSync(program, link);
  const user = { 'client-certificate': pki.file('admin.crt'), 'client-key': pki.file('admin.key') };
  const sides = ['parity-a', 'parity-b'].map((namespace): Side => {
    const side = { namespace, kubeconfig: join(dir, `${namespace}.conf`), home: join(dir, namespace) };
    mkdirSync(side.home);
    const config = {
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
    };
    writeFileSync(side.kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
    return side;
  });
  for (const { namespace } of sides) {
    await post(api.admin, '/api/v1/namespaces', { metadata: { name: namespace } });
    await post(api.admin, `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
  }
  const [a, b] = sides as [Side, Side];
  return {
    async run(line, stdin = '') {
      const given = (side: Side): [string[], string] => [
        words(line.replaceAll('$NS', side.namespace)),
        stdin.replaceAll('$NS', side.namespace),
      ];
      const [theirs, ours] = await Promise.all([runReal(link, given(a), a), runBundled(given(b), b)]);
      return { theirs: settled(theirs, a), ours: settled(ours, b) };
    },
  };
}

const post = (admin: Cluster['api']['admin'], path: string, body: object): Promise<unknown> =>
  admin.request({ method: 'POST', path, body: JSON.stringify(body) });

/** Words as a shell splits them, with either kind of quotes. */
const words = (line: string): string[] =>
  (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, a, b) => a ?? b));

/** The editor changes a word where it stands. */
const environment = ({ home, kubeconfig }: Side): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  KUBECONFIG: kubeconfig,
  KUBE_EDITOR: 'sed -i -e s/plain$/edited/ -e s/wrong$/-7/',
});

/** What a release older than the server's says beside everything else. */
const skew = /^WARNING: version difference between client .*\n/gm;

function runReal(program: string, [args, stdin]: [string[], string], side: Side): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env: environment(side), timeout: 20_000 });
    const ran: Ran = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      ran.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      ran.err += chunk.toString();
    });
    child.once('error', failed);
    child.once('close', (code) => done({ ...ran, err: ran.err.replaceAll(skew, ''), code }));
    // A client that reads nothing may be gone before this is written.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && failed(error));
    child.stdin.end(stdin);
  });
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

const settled = (ran: Ran, side: Side): Ran => ({ code: ran.code, out: withoutChance(ran.out, side), err: withoutChance(ran.err, side) });

function withoutChance(text: string, { namespace, kubeconfig }: Side): string {
  const plain = text
    .replaceAll(namespace, 'NAMESPACE')
    .replaceAll(kubeconfig, 'KUBECONFIG')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replaceAll(/(resourceVersion"?: ?)"\d+"/g, '$1"N"')
    .replaceAll(/\/tmp\/(LIVE|MERGED|kubectl-edit)-\w+/g, '/tmp/$1')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, 'TIME')
    .replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-X')
    .replaceAll(/gen-[a-z0-9]{5}/g, 'gen-XXXXX')
    .replaceAll(/\b3[0-2]\d{3}\b/g, 'NPORT')
    .replaceAll(/\b(\d+m)?\d+s\b/g, (age) => 'AGE'.padEnd(age.length));
  // Addresses are of different lengths, and columns with them.
  return /\b10\.(9[6-9]|1\d\d)\.\d+\.\d+/.test(plain)
    ? plain.replaceAll(/\b10\.(9[6-9]|1\d\d)\.\d+\.\d+/g, 'ADDRESS').replaceAll(/ +/g, ' ')
    : plain.replaceAll(/(AGE) +$/gm, '$1');
}
