import type { ContainerMetadata } from './container-messages.ts';
import type { Strings } from './sandbox-messages.ts';

export type ContainerStatsFilter = { id?: string; podSandboxId?: string; labelSelector?: Strings };

/** Timestamps are nanoseconds since the epoch: when the figure was read. */
export interface ContainerStats {
  attributes: { id: string; metadata: ContainerMetadata; labels: Strings };
  /** Nanoseconds of all cores since the container started. */
  cpu?: { timestamp: number; usageCoreNanoSeconds?: { value: number } | null } | null;
  /** Bytes that can't be taken back under pressure. */
  memory?: { timestamp: number; workingSetBytes?: { value: number } | null } | null;
}
