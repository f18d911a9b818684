/** The kubeconfig files of a user, read as one: `--kubeconfig`, else $KUBECONFIG's list, else ~/.kube/config. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type Kubeconfig, loadKubeconfig, UsageError } from '@t8s/component';

export interface KubeconfigFiles {
  config: Kubeconfig;
  /** Where changes go: the first file there is, or would be. */
  file: string;
  /** No file was there. */
  missing: boolean;
}

export function readKubeconfigFiles(flag: string, env: NodeJS.ProcessEnv): KubeconfigFiles {
  const paths =
    flag !== ''
      ? [flag]
      : env.KUBECONFIG
        ? env.KUBECONFIG.split(delimiter).filter(Boolean)
        : [join(env.HOME ?? homedir(), '.kube', 'config')];
  const found = flag !== '' ? paths : paths.filter((path) => existsSync(path));
  if (flag !== '' && !existsSync(flag)) throw new UsageError(`stat ${flag}: no such file or directory`);
  const config: Kubeconfig = { apiVersion: 'v1', kind: 'Config', 'current-context': '', clusters: [], users: [], contexts: [] };
  for (const path of found) merge(config, absolute(loadKubeconfig(path), dirname(path)));
  return { config, file: found[0] ?? paths[0] ?? '', missing: found.length === 0 };
}

/** What an earlier file says stands. */
function merge(into: Kubeconfig, from: Kubeconfig): void {
  into['current-context'] ||= from['current-context'];
  if (from.preferences) into.preferences ??= from.preferences;
  for (const list of ['clusters', 'users', 'contexts'] as const) {
    const known = new Set(into[list].map(({ name }) => name));
    (into[list] as { name: string }[]).push(...from[list].filter(({ name }) => !known.has(name)));
  }
}

/** File names are relative to the file they stand in. */
function absolute(config: Kubeconfig, dir: string): Kubeconfig {
  const full = <T extends object>(entry: T, fields: readonly (keyof T)[]): T => {
    const copy = { ...entry };
    for (const field of fields) if (copy[field] !== undefined) copy[field] = resolve(dir, String(copy[field])) as T[keyof T];
    return copy;
  };
  return {
    ...config,
    clusters: config.clusters.map(({ name, cluster }) => ({ name, cluster: full(cluster, ['certificate-authority']) })),
    users: config.users.map(({ name, user }) => ({ name, user: full(user, ['client-certificate', 'client-key', 'tokenFile']) })),
  };
}
