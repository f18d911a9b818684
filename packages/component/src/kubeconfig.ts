/** Kubeconfig files: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { checkConnection, checkForm } from './kubeconfig-checks.ts';
import { UsageError } from './main.ts';

export interface Kubeconfig {
  apiVersion: 'v1';
  kind: 'Config';
  'current-context': string;
  preferences?: object;
  clusters: { name: string; cluster: KubeconfigCluster }[];
  users: { name: string; user: KubeconfigUser }[];
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
}

export interface KubeconfigCluster {
  server: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
}

export interface KubeconfigUser {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
}

/** What a client needs to reach an apiserver: PEM texts, no file names. */
export interface ConnectionConfig {
  server: string;
  ca?: string;
  cert?: string;
  key?: string;
  token?: string;
  /** Read again when it changes (projected service-account tokens rotate). */
  tokenFile?: string;
  insecureSkipVerify?: boolean;
  serverName?: string;
  /** The context's namespace. */
  namespace?: string;
}

/** Reads a kubeconfig file. Throws UsageError naming the file and what is wrong. */
export function loadKubeconfig(file: string): Kubeconfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read kubeconfig ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  let config: Partial<Kubeconfig> | null;
  try {
    config = parse(text) as Partial<Kubeconfig> | null;
  } catch (error) {
    throw new UsageError(`kubeconfig ${file} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  checkForm(config, file);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': config?.['current-context'] ?? '',
    clusters: config?.clusters ?? [],
    users: config?.users ?? [],
    contexts: config?.contexts ?? [],
    ...(config?.preferences && { preferences: config.preferences }),
  };
}

/** The connection a context describes; relative file names are relative to `file`. Throws UsageError naming what is missing. */
export function connectionFrom(config: Kubeconfig, file: string, contextName = config['current-context']): ConnectionConfig {
  const context = config.contexts.find((c) => c.name === contextName)?.context;
  if (!context)
    throw new UsageError(contextName === '' ? `kubeconfig ${file} has no current-context` : `context "${contextName}" does not exist`);
  const cluster = config.clusters.find((c) => c.name === context.cluster)?.cluster;
  if (!cluster) throw new UsageError(`cluster "${context.cluster}" does not exist in ${file}`);
  const user = config.users.find((u) => u.name === context.user)?.user ?? {};
  const pem = (data: string | undefined, path: string | undefined): string | undefined => {
    if (data !== undefined) return Buffer.from(data, 'base64').toString();
    return path === undefined ? undefined : readPem(resolve(dirname(file), path));
  };
  const tokenFile = user.tokenFile === undefined ? undefined : resolve(dirname(file), user.tokenFile);
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = pem(user['client-certificate-data'], user['client-certificate']);
  const key = pem(user['client-key-data'], user['client-key']);
  return {
    server: cluster.server,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(user.token !== undefined && { token: user.token }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(cluster['insecure-skip-tls-verify'] && { insecureSkipVerify: true }),
    ...(cluster['tls-server-name'] !== undefined && { serverName: cluster['tls-server-name'] }),
    ...(context.namespace !== undefined && { namespace: context.namespace }),
  };
}

/** The connection of a daemon: the current context of `file`. Throws UsageError for one that can't be used. */
export function loadConnection(file: string): ConnectionConfig {
  const connection = connectionFrom(loadKubeconfig(file), file);
  checkConnection(connection, file);
  return connection;
}

const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The connection of a process in a pod: service environment and projected token. Throws UsageError outside a pod. */
export function inClusterConnection(env: NodeJS.ProcessEnv = process.env, dir = serviceAccountDir): ConnectionConfig {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port)
    throw new UsageError('not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; give --kubeconfig');
  const authority = host.includes(':') ? `[${host}]` : host;
  return { server: `https://${authority}:${port}`, ca: readPem(`${dir}/ca.crt`), tokenFile: `${dir}/token` };
}

export function formatKubeconfig(config: Kubeconfig): string {
  return stringify(config);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
