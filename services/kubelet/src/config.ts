import type { KeyPair } from '@t8s/auth';
import type { Held } from '@t8s/component';

/** What a kubelet is told at its start; the flags in main.ts, with files read. */
export interface KubeletConfig {
  nodeName: string;
  nodeIps: string[];
  rootDir: string;
  /** A CRI socket (unix:///…); empty runs the built-in Docker runtime. */
  runtimeEndpoint: string;
  dockerSocket: string;
  pauseImage: string;
  clusterDns: string[];
  clusterDomain: string;
  /** File of the node's own resolver; empty for none. */
  resolvConf: string;
  maxPods: number;
  unsafeSysctls: string[];
  /** Overrides the node's podCIDR from the API. */
  podCidr: string;
  cniConfDir: string;
  cniBinDirs: string[];
  /** ms. */
  nodeStatusFrequency: number;
  server: { address: string; port: number; certificate: Held<KeyPair | undefined>; clientCa: Held<string> };
}
