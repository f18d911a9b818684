import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Kind } from '@t8s/api';
import type { GroupResource, StatusError } from '@t8s/meta';
import type { StoredForm } from './registry/stored-form.ts';
import type { RequestInfo } from './request-info.ts';

export interface User {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Record<string, readonly string[]>;
}

/** A request on its way through the chain. Each stage fills in what the next ones rely on. */
export interface RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  /** Aborts when the client goes away or the server gives up. Made when asked for: few requests last long enough to be ended early. */
  readonly signal: () => AbortSignal;
  /** The raw connection of a request that asks to speak another protocol (exec, port-forward). */
  readonly upgrade?: { socket: Duplex; head: Buffer };
  /** Set by authentication. */
  user: User;
  /** Texts for Warning headers. */
  readonly warnings: string[];
  /** What the audit log is to say besides, by keys such as `policy/name`. */
  readonly annotations: Map<string, string>;
}

/** A request for a resource that is served. */
export interface ResourceContext extends RequestContext {
  readonly resource: ServedResource;
}

/** A kind with the name its objects are stored under. */
export interface ServedResource {
  readonly kind: Kind;
  /** `/registry/<storage>/…`. */
  readonly storage: string;
  /** The version objects are stored in, where it may be another than the kind's. */
  readonly storageVersion?: string;
  /** Of custom resources: what the store has is not always what is shown. */
  readonly form?: StoredForm;
  /** Why a verb that the kind has is not to be had now. */
  refusal?(verb: string, resource: GroupResource): StatusError | undefined;
}
