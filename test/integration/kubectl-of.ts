/** A real kubectl as the admin of a test's cluster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { kubectlProgram } from '../lab/kubectl-program.ts';
import type { Cluster } from './harness.ts';

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** Returns what kubectl prints; throws what it prints when it fails. */
export async function kubectlOf(cluster: Cluster, program?: string): Promise<Kubectl> {
  const { pki } = cluster;
  const kubeconfig = pki.file('admin.conf');
  await writeFile(kubeconfig, adminConfig(cluster));
  const command = program ?? (await kubectlProgram());
  return async (args, input = '') => {
    const child = spawn(command, ['--kubeconfig', kubeconfig, '--cache-dir', pki.file('kubectl-cache'), ...args], {
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
