/** A real kubectl as the admin of a test's cluster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { kubectlProgram } from '../lab/kubectl-program.ts';
import type { Cluster } from './harness.ts';

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** The kubectl of this repository. */
export const bundledKubectl = [process.execPath, resolve(import.meta.dirname, '../../../services/cli/dist/main.js'), 'kubectl'];

/** Returns what kubectl prints; throws what it prints when it fails. The machine's kubectl, unless another is given. */
export async function kubectlOf(cluster: Cluster, command?: readonly string[]): Promise<Kubectl> {
  const { pki } = cluster;
  const kubeconfig = pki.file('admin.conf');
  await writeFile(kubeconfig, adminConfig(cluster));
  const [program = '', ...first] = command ?? [await kubectlProgram()];
  return async (args, input = '') => {
    const child = spawn(program, [...first, '--kubeconfig', kubeconfig, '--cache-dir', pki.file('kubectl-cache'), ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}:\n${said}`);
    return said;
  };
}

/** A kubeconfig of the harness's administrator. */
export function adminConfig({ pki, api }: Cluster): string {
  const user = { 'client-certificate': pki.file('admin.crt'), 'client-key': pki.file('admin.key') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: api.url, 'certificate-authority': pki.file('ca.crt') } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
}
