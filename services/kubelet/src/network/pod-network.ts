import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxNetwork, SandboxNetworkRequest } from '../runtime/sandbox-network.ts';
import { Cni, type CniAttachment, type CniResult } from './cni.ts';
import { builtInNetwork, type CniNetwork, findNetwork } from './cni-config.ts';

export interface PodNetworkOptions {
  /** Where network configurations of others are looked for (/etc/cni/net.d). */
  confDir: string;
  binDirs: readonly string[];
  /** The kubelet's own directory: addresses given, results, the built-in configuration. */
  stateDir: string;
  /** Lets a built-in network's traffic pass; called before the first pod and when the range changes. */
  prepare(podCidr: string): Promise<void>;
}

/** What is kept of a sandbox, so that it can be given back as it was set up, also after a restart or a change of configuration. */
interface Attached {
  network: CniNetwork;
  attachment: CniAttachment;
  result: CniResult;
}

/** The pod network by CNI: the configuration found in `confDir`, else the built-in one as soon as the node has a range. */
export class PodNetwork implements SandboxNetwork {
  readonly #options: PodNetworkOptions;
  readonly #cni: Cni;
  readonly #addresses = new Map<string, string[]>();
  #podCidr = '';
  #prepared: Promise<void> | undefined;

  constructor(options: PodNetworkOptions) {
    this.#options = options;
    this.#cni = new Cni(options.binDirs);
    mkdirSync(this.#resultsDir, { recursive: true });
  }

  get podCidr(): string {
    return this.#podCidr;
  }

  setPodCidr(cidr: string): void {
    if (cidr === this.#podCidr) return;
    this.#podCidr = cidr;
    this.#prepared = undefined;
  }

  /** Whether pods come onto the built-in network: no other one is configured. */
  get isBuiltIn(): boolean {
    return this.#podCidr !== '' && isBuiltIn(this.#network());
  }

  ready(): void {
    this.#cni.check(this.#network());
  }

  async setUp({ sandboxId, netns, pod, portMappings }: SandboxNetworkRequest): Promise<string[]> {
    const network = this.#network();
    if (isBuiltIn(network)) await this.#prepare();
    const attachment: CniAttachment = {
      containerId: sandboxId,
      netns,
      ifName: 'eth0',
      args: {
        IgnoreUnknown: '1',
        K8S_POD_NAMESPACE: pod.namespace,
        K8S_POD_NAME: pod.name,
        K8S_POD_INFRA_CONTAINER_ID: sandboxId,
        K8S_POD_UID: pod.uid,
      },
      capabilities: {
        portMappings: portMappings.map(({ hostPort, containerPort, protocol, hostIp }) => ({
          hostPort,
          containerPort,
          protocol: protocol.toLowerCase(),
          hostIP: hostIp,
        })),
      },
    };
    const result = await this.#cni.add(network, attachment);
    await this.#keep(sandboxId, { network, attachment, result });
    const ips = addressesOf(result);
    this.#addresses.set(sandboxId, ips);
    return ips;
  }

  async tearDown({ sandboxId, netns }: { sandboxId: string; netns: string }): Promise<void> {
    const attached = this.#load(sandboxId);
    if (!attached) return;
    await this.#cni.del(attached.network, { ...attached.attachment, netns }, attached.result);
    await rm(this.#resultFile(sandboxId), { force: true });
    this.#addresses.delete(sandboxId);
  }

  addresses(sandboxId: string): string[] {
    const known = this.#addresses.get(sandboxId);
    if (known) return known;
    const attached = this.#load(sandboxId);
    if (!attached) return [];
    const ips = addressesOf(attached.result);
    this.#addresses.set(sandboxId, ips);
    return ips;
  }

  #network(): CniNetwork {
    const configured = findNetwork(this.#options.confDir);
    if (configured) return configured;
    if (this.#podCidr === '')
      throw new Error(
        `container runtime network not ready: no network configuration in ${this.#options.confDir}, and the node has no podCIDR yet`,
      );
    return builtInNetwork(this.#podCidr, join(this.#options.stateDir, 'ipam'));
  }

  /** A failure is not kept: the next pod tries again. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#writeAndPrepare().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #writeAndPrepare(): Promise<void> {
    const dir = join(this.#options.stateDir, 'net.d');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, '10-t8s.conflist'), `${JSON.stringify(this.#network(), null, 2)}\n`);
    await this.#options.prepare(this.#podCidr);
  }

  /** In one step: others ask for a sandbox's addresses meanwhile, and half a file would also outlive a crash. */
  async #keep(sandboxId: string, attached: Attached): Promise<void> {
    const file = this.#resultFile(sandboxId);
    await writeFile(`${file}.new`, JSON.stringify(attached));
    await rename(`${file}.new`, file);
  }

  #load(sandboxId: string): Attached | undefined {
    try {
      return JSON.parse(readFileSync(this.#resultFile(sandboxId), 'utf8')) as Attached;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  get #resultsDir(): string {
    return join(this.#options.stateDir, 'results');
  }

  #resultFile(sandboxId: string): string {
    return join(this.#resultsDir, `${sandboxId}.json`);
  }
}

function isBuiltIn(network: CniNetwork): boolean {
  return network.name === 't8s';
}

function addressesOf({ ips = [] }: CniResult): string[] {
  return ips.map(({ address }) => address.split('/')[0] ?? '');
}
