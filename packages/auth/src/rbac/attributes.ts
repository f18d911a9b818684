import type { Requester } from '@t8s/api';

/** What somebody wants to do, as authorizers see it. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  user: Requester;
  verb: string;
  group: string;
  resource: string;
  /** '' for the object itself. */
  subresource: string;
  /** '' where the request is not about one object. */
  name: string;
  /** '' at the cluster scope. */
  namespace: string;
  /** What a list or watch is narrowed to: fields that must have a value. */
  fields?: Readonly<Record<string, string>>;
}

/** A request for a path that names no resource: `/healthz`, `/apis`. */
export interface PathAttributes {
  user: Requester;
  verb: string;
  path: string;
}

/** Allowed or denied for good; or no opinion, so that the next authorizer is asked. */
export interface Verdict {
  decision: 'allow' | 'deny' | 'no-opinion';
  /** Why, in upstream's words; '' where there is nothing to say. */
  reason: string;
}

export type Authorizer = (attributes: Attributes) => Verdict;
