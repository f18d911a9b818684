/** Runs the plugins of a network: https://www.cni.dev/docs/spec/ sections 2 to 4. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { CniNetwork, CniPlugin } from './cni-config.ts';
import { CommandError, runCommand } from './run-command.ts';

export interface CniResult {
  cniVersion: string;
  ips?: { address: string; gateway?: string }[];
  [key: string]: unknown;
}

export interface CniAttachment {
  containerId: string;
  netns: string;
  /** Name of the interface inside. */
  ifName: string;
  /** CNI_ARGS. */
  args: Record<string, string>;
  /** Values for the capabilities that plugins declare. */
  capabilities: Record<string, unknown>;
}

export class CniError extends Error {
  override readonly name = 'CniError';
}

export class Cni {
  readonly #path: readonly string[];

  /** `path`: directories that hold the plugins. */
  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** Throws with the name of a plugin that is not installed. */
  check(network: CniNetwork): void {
    for (const { type } of network.plugins) this.#find(type);
  }

  /** Adds the container to the network, plugin by plugin; each sees the result of the one before. */
  async add(network: CniNetwork, attachment: CniAttachment): Promise<CniResult> {
    let previous: CniResult | undefined;
    for (const plugin of network.plugins) {
      const output = await this.#run('ADD', plugin, { network, attachment, previous });
      previous = JSON.parse(output) as CniResult;
    }
    return previous ?? { cniVersion: network.cniVersion };
  }

  /** Undoes add, in reverse order. Idempotent, as plugins must be. */
  async del(network: CniNetwork, attachment: CniAttachment, result: CniResult | undefined): Promise<void> {
    for (const plugin of [...network.plugins].reverse()) await this.#run('DEL', plugin, { network, attachment, previous: result });
  }

  async #run(
    command: 'ADD' | 'DEL',
    plugin: CniPlugin,
    { network, attachment, previous }: { network: CniNetwork; attachment: CniAttachment; previous: CniResult | undefined },
  ): Promise<string> {
    const { capabilities = {}, ...config } = plugin;
    const runtimeConfig = Object.fromEntries(Object.entries(attachment.capabilities).filter(([name]) => capabilities[name] === true));
    const input = {
      ...config,
      name: network.name,
      cniVersion: network.cniVersion,
      ...(Object.keys(runtimeConfig).length > 0 && { runtimeConfig }),
      ...(previous && { prevResult: previous }),
    };
    const env = {
      ...process.env,
      CNI_COMMAND: command,
      CNI_CONTAINERID: attachment.containerId,
      CNI_NETNS: attachment.netns,
      CNI_IFNAME: attachment.ifName,
      CNI_ARGS: Object.entries(attachment.args)
        .map(([key, value]) => `${key}=${value}`)
        .join(';'),
      CNI_PATH: this.#path.join(':'),
    };
    try {
      return await runCommand(this.#find(plugin.type), [], { stdin: JSON.stringify(input), env });
    } catch (error) {
      throw new CniError(`plugin type="${plugin.type}" failed (${command.toLowerCase()}): ${reasonOf(error)}`, { cause: error });
    }
  }

  #find(type: string): string {
    for (const dir of this.#path) {
      const file = join(dir, type);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    throw new CniError(`failed to find plugin "${type}" in path [${this.#path.join(' ')}]`);
  }
}

/** Plugins write their error as JSON on standard output. */
function reasonOf(error: unknown): string {
  if (!(error instanceof CommandError) || error.stdout === '') return (error as Error).message;
  try {
    const { msg, details } = JSON.parse(error.stdout) as { msg?: string; details?: string };
    return [msg, details].filter(Boolean).join('; ') || error.message;
  } catch (parseError) {
    return `${error.message} (its output is not JSON: ${(parseError as Error).message})`;
  }
}
