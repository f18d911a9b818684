import type { Service } from '@t8s/api';
import type { NodeDns } from './dns-config.ts';

/** What pods need to know of their node. */
export interface NodeFacts {
  hostIps: readonly string[];
  dns: NodeDns;
  runtimeName: string;
  /** Bytes. */
  memory: number;
  allocatable(): Record<string, string>;
  services(): readonly Service[];
}
