/** One of the clients that are compared: a namespace, a kubeconfig and a home of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../harness.ts';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

export interface Side {
  namespace: string;
  kubeconfig: string;
  home: string;
}

/** The namespace is made, with the account that pods need. */
export async function newSide({ pki, api }: Cluster, namespace: string): Promise<Side> {
  const dir = join(pki.dir, 'clients');
  const side = { namespace, kubeconfig: join(dir, `${namespace}.conf`), home: join(dir, namespace) };
  mkdirSync(side.home, { recursive: true });
  const user = { 'client-certificate': pki.file('admin.crt'), 'client-key': pki.file('admin.key') };
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
  };
  writeFileSync(side.kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  const post = (path: string, body: object): Promise<unknown> => api.admin.request({ method: 'POST', path, body: JSON.stringify(body) });
  await post('/api/v1/namespaces', { metadata: { name: namespace } });
  await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
  return side;
}

/** The words of `line` and what stands on stdin, both for `side`: `$NS` is its namespace. */
export const given = (side: Side, line: string, stdin: string): [string[], string] => [
  words(line.replaceAll('$NS', side.namespace)),
  stdin.replaceAll('$NS', side.namespace),
];

/** Words as a shell splits them, with either kind of quotes. */
const words = (line: string): string[] =>
  (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, a, b) => a ?? b));

/** The editor changes a word where it stands. */
export const environment = ({ home, kubeconfig }: Side): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  KUBECONFIG: kubeconfig,
  KUBE_EDITOR: 'sed -i -e s/plain$/edited/ -e s/wrong$/-7/',
});

/** What a release older than the server's says beside everything else. */
const skew = /^WARNING: version difference between client .*\n/gm;

export function runReal(program: string, [args, stdin]: [string[], string], side: Side): Promise<Ran> {
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

/** What differs by chance, or by who asks, is made the same. */
export const settled = (ran: Ran, side: Side): Ran => ({
  code: ran.code,
  out: withoutChance(ran.out, side),
  err: withoutChance(ran.err, side),
});

export function withoutChance(text: string, { namespace, kubeconfig }: Side): string {
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
    // A second may pass between the two, and make a column wider.
    .replaceAll(/\b(\d+m)?\d+(\.\d+)?s\b|\b([2-9]|1\d)m(?=$| )/gm, 'AGE')
    .replaceAll(/\bAGE +/g, 'AGE ');
  // Addresses are of different lengths, and columns with them.
  return /\b10\.(9[6-9]|1\d\d)\.\d+\.\d+/.test(plain)
    ? plain.replaceAll(/\b10\.(9[6-9]|1\d\d)\.\d+\.\d+/g, 'ADDRESS').replaceAll(/ +/g, ' ')
    : plain.replaceAll(/AGE +$/gm, 'AGE');
}
