import type { KubeObject } from '@t8s/meta';
import type { ServedResource } from '../context.ts';
import type { Write } from '../write-chain.ts';

/** A check or change of writes beyond what a kind says of itself. One folder each. Throws a StatusError to refuse. */
export interface AdmissionPlugin {
  /** Upstream's name. */
  name: string;
  mutate?(write: Write): void | Promise<void>;
  validate?(write: Write): void | Promise<void>;
  /** Before an object is deleted, or its deletion begins. */
  remove?(removal: { resource: ServedResource; object: KubeObject }): void | Promise<void>;
}
