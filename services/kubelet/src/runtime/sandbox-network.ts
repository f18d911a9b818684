import type { PortMapping } from '@t8s/cri';

export interface SandboxNetworkRequest {
  sandboxId: string;
  /** A path such as /proc/123/ns/net; empty when the namespace is gone already. */
  netns: string;
  pod: { name: string; namespace: string; uid: string };
  portMappings: readonly PortMapping[];
}

/** What the Docker runtime needs of the pod network. */
export interface SandboxNetwork {
  /** Throws with the reason while pods can't be given a network. */
  ready(): void;
  /** Connects the sandbox; resolves with its addresses. */
  setUp(request: SandboxNetworkRequest): Promise<string[]>;
  /** Gives back what setUp took. Idempotent. */
  tearDown(request: Omit<SandboxNetworkRequest, 'portMappings'>): Promise<void>;
  /** The addresses of a sandbox that was set up, also before a restart of this process. */
  addresses(sandboxId: string): string[];
  setPodCidr(cidr: string): void;
}
