/** One run of kubectl: its connection, namespace and knowledge of the server's resources, each made when first asked for. */
import { readFileSync } from 'node:fs';
import { type Client, createClient } from '@t8s/client';
import { type ConnectionConfig, connectionFrom, kubernetesVersion, UsageError } from '@t8s/component';
import { Failure } from './commands/failure.ts';
import type { Flags } from './commands/verb.ts';
import type { Io } from './io.ts';
import { type KubeconfigFiles, readKubeconfigFiles } from './kubeconfig-files.ts';
import { Discovery } from './resources/discovery.ts';

export class Session {
  readonly io: Io;
  readonly #flags: Flags;
  #client: Client | undefined;
  #discovery: Discovery | undefined;
  #files: KubeconfigFiles | undefined;
  readonly #warned = new Set<string>();

  constructor(io: Io, globalFlags: Flags) {
    this.io = io;
    this.#flags = globalFlags;
  }

  get files(): KubeconfigFiles {
    this.#files ??= readKubeconfigFiles(this.#flags.text('kubeconfig'), this.io.env);
    return this.#files;
  }

  get contextName(): string {
    return this.#flags.text('context') || this.files.config['current-context'];
  }

  /** The namespace that commands without -A work in. */
  get namespace(): string {
    const context = this.files.config.contexts.find(({ name }) => name === this.contextName)?.context;
    return this.#flags.text('namespace') || context?.namespace || 'default';
  }

  /** Whether --namespace was given: a file's objects must then agree with it. */
  get namespaceGiven(): boolean {
    return this.#flags.given('namespace');
  }

  get connection(): ConnectionConfig {
    if (!/^\d+(\.\d+)?(ms|s|m|h)?$/.test(this.#flags.text('request-timeout')))
      throw new Failure(
        'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      );
    if (this.#flags.text('as') === '' && (this.#flags.list('as-group').length > 0 || this.#flags.text('as-uid') !== ''))
      throw new Failure('error: requesting uid, groups or user-extra for  without impersonating a user');
    const flag = (name: string): string => this.#flags.text(name);
    const { config, file, missing } = this.files;
    const contextName = this.contextName;
    this.#mustExist(config);
    const base: ConnectionConfig =
      missing || contextName === '' ? { server: 'http://localhost:8080' } : connectionFrom(this.#overridden(config), file, contextName);
    return {
      ...base,
      ...(flag('server') && { server: flag('server') }),
      ...(flag('token') && { token: flag('token') }),
      ...(flag('certificate-authority') && { ca: pem(flag('certificate-authority')) }),
      ...(flag('client-certificate') && { cert: pem(flag('client-certificate')) }),
      ...(flag('client-key') && { key: pem(flag('client-key')) }),
      ...(flag('tls-server-name') && { serverName: flag('tls-server-name') }),
      ...(this.#flags.on('insecure-skip-tls-verify') && { insecureSkipVerify: true }),
    };
  }

  get client(): Client {
    this.#client ??= createClient({
      connection: this.connection,
      userAgent: `kubectl/${kubernetesVersion}`,
      ...(this.#flags.text('as') !== '' && {
        impersonate: { user: this.#flags.text('as'), groups: this.#flags.list('as-group'), uid: this.#flags.text('as-uid') },
      }),
      onWarning: (text) => this.warn(text),
    });
    return this.#client;
  }

  get discovery(): Discovery {
    this.#discovery ??= new Discovery(this.client, (text) => this.warn(text));
    return this.#discovery;
  }

  /** Says the same thing once. */
  warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.io.err(`Warning: ${text}\n`);
  }

  close(): void {
    this.#client?.close();
  }

  /** What flags, or the chosen context, name and the files do not have is told in kubectl's words. */
  #mustExist({ contexts, clusters, users }: KubeconfigFiles['config']): void {
    const flag = (name: string): string => this.#flags.text(name);
    const named = this.contextName;
    const context = contexts.find(({ name }) => name === named)?.context;
    if (flag('context') !== '' && !context)
      throw new Failure(`Error in configuration: context was not found for specified context: ${named}`);
    const cluster = flag('cluster') || context?.cluster;
    if (flag('cluster') !== '' && !clusters.some(({ name }) => name === cluster))
      throw new Failure(`error: no server found for cluster "${cluster}"`);
    const user = flag('user');
    if (user !== '' && !users.some(({ name }) => name === user)) throw new Failure(`error: auth info "${user}" does not exist`);
  }

  #overridden(config: KubeconfigFiles['config']): KubeconfigFiles['config'] {
    const [cluster, user] = [this.#flags.text('cluster'), this.#flags.text('user')];
    if (cluster === '' && user === '') return config;
    return {
      ...config,
      contexts: config.contexts.map(({ name, context }) => ({
        name,
        context: { ...context, ...(cluster && { cluster }), ...(user && { user }) },
      })),
    };
  }
}

function pem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`unable to read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
