import type { KubeObject } from '@t8s/meta';

/** What the table test sends of a resource: bodies without kind and apiVersion, in the spelling that answers have. */
export interface Example {
  /** What must be there before. */
  needs?: readonly { path: string; body: Body }[];
  /** No more than what must be there. */
  minimal: Body;
  /** As many fields as go together. */
  full: Body;
  /** Another writes to a new object: whether it has. */
  isSettled?(object: KubeObject): boolean;
  /** A status that may be written to the full one. */
  status?: object;
}

export interface Body {
  metadata?: { name?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

/** By `<group>/<version>/<resource>`, the core's without a group. */
export type Examples = Readonly<Record<string, Example>>;
