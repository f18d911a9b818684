import type { GroupVersionKind, KubeObject } from '@t8s/meta';
import type { ResourceContext, ServedResource } from '../context.ts';
import type { Write } from '../write-chain.ts';

/**
 * A check or change of writes beyond what a kind says of itself. One folder each. Throws a StatusError to refuse. The order of the
 * list of plugins is the order of each round: all mutate, and mutate again where a webhook asked for it; then, on what is about to be
 * stored, all validate. A request that stores no object of its resource goes through `review` alone.
 */
export interface AdmissionPlugin {
  /** Upstream's name. */
  name: string;
  mutate?(write: Write): void | Promise<void>;
  validate?(write: Write): void | Promise<void>;
  /** DELETE (before an object is deleted, or its deletion begins), CONNECT, and what is created at a sub-resource: evictions, tokens. */
  review?(request: AdmissionRequest): void | Promise<void>;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What is to be let through (upstream's admission.Attributes). */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly context: ResourceContext;
  readonly resource: ServedResource;
  /** '' for the object itself. */
  readonly subresource: string;
  /** Of the object: the resource's own, or what its sub-resource takes. */
  readonly kind: GroupVersionKind;
  /** Of a Namespace its own name, but when it is created. */
  readonly namespace: string;
  readonly name: string;
  /** None for DELETE. Options for CONNECT. */
  object: KubeObject | undefined;
  /** None for CREATE and CONNECT. */
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions, DeleteOptions; none for CONNECT. */
  readonly options: Readonly<Record<string, unknown>> | undefined;
}

/** How admission sees a write that comes in another shape than its object: a Scale, a Binding. */
export interface AdmissionView {
  /** Where it came in, if not at a sub-resource of what it is about. */
  readonly resource?: ServedResource;
  readonly operation: Operation;
  readonly kind: GroupVersionKind;
  object: KubeObject;
  readonly old: KubeObject | undefined;
  /** Puts a changed `object` into effect. */
  accept(object: KubeObject): void;
}
