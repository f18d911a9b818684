/**
 * What the API machinery knows of a kind. Everything particular to a kind is said here, in its folder;
 * the machinery never asks which kind it has.
 */
import type { FieldError, KubeObject } from '@t8s/meta';

export interface Kind<T extends KubeObject = KubeObject> {
  group: string;
  /** The version served, stored and used by every component. */
  version: string;
  kind: string;
  /** Of lists of it; `<kind>List` unless said. */
  listKind?: string;
  /** Plural, lower case: the path segment. */
  resource: string;
  singular: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  namespaced: boolean;
  /** Never set: lets a kind carry the type of its objects to clients and informers. */
  readonly objectType?: T;
  /** Name of the object's type in the generated schema. */
  schema: string;
  /** Warning that goes with every answer about a deprecated kind. */
  deprecation?: string;
  /** False where objects are in no store: the apiserver's registry/<kind> answers every request for them (reviews). */
  stored?: false;
  /** Verbs offered; all eight unless said. */
  verbs?: readonly Verb[];
  subresources?: Subresources<T>;
  columns?: readonly Column<T>[];
  /** How lists merge, for the types this kind's folder describes: `Container.ports` → … Types may be described once only. */
  lists?: Record<string, ListType>;
  /** What writes do to objects of this kind. */
  strategy: Strategy<T>;
  /** Fields that field selectors may name beside metadata.name and metadata.namespace. */
  selectableFields?(object: T): Record<string, string>;
  /** Lifetime of an object in seconds (events); the store forgets it afterwards. */
  ttlSeconds?(object: T): number | undefined;
  /** Another group-version that serves the same stored objects (events.k8s.io/v1 beside v1). */
  alias?: { of: { group: string; resource: string }; toStorage(object: T): KubeObject; fromStorage(object: KubeObject): T };
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface Subresources<T> {
  status?: StatusUpdate<T>;
  /** autoscaling/v1 Scale, by where the numbers are. */
  scale?: ScaleAccess<T>;
  /** Others by name, for discovery: the object's kind and the verbs. Without `update` the apiserver's registry/<kind> serves them. */
  others?: readonly { name: string; kind: string; group?: string; version?: string; verbs: readonly string[]; update?: PartialUpdate<T> }[];
}

/** `/status` replaces the status, and metadata but for what it keeps. */
export interface StatusUpdate<T> {
  keeps?: readonly KeptMetadata[];
  prepare?(object: T, old: T): void;
  validate?(object: T, old: T): FieldError[];
}

export type KeptMetadata = (typeof ownMetadata)[number];
/** What of metadata is the object's own: the status of many kinds keeps all of it (apimachinery's ResetObjectMetaForStatus). */
export const ownMetadata = ['annotations', 'finalizers', 'labels', 'ownerReferences'] as const;

/** A sub-resource that is the object itself, of which writes change only a part. */
export interface PartialUpdate<T> {
  /** Puts everything back as it was in `old`, except what this sub-resource is for. */
  prepare(object: T, old: T): void;
  /** All rules of such an update; the kind's own `validate` and `validateUpdate` are not called. */
  validate(object: T, old: T): FieldError[];
}

/** The rules of a sub-resource that is a partial update, undefined for any other. */
export function partialUpdate<T extends KubeObject>(kind: Kind<T>, subresource: string): PartialUpdate<T> | undefined {
  return kind.subresources?.others?.find(({ name }) => name === subresource)?.update;
}

export interface ScaleAccess<T> {
  replicas(object: T): number;
  setReplicas(object: T, replicas: number): void;
  statusReplicas(object: T): number;
  /** The selector in text form. */
  selector(object: T): string;
}

/** Who asks for something: what authentication has found out. */
export interface Requester {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

export interface Strategy<T> {
  /** Fills what upstream's defaulting fills; changes `object` in place. Idempotent. */
  defaults?(object: T): void;
  /** Before a create: drops what users may not set (status). Sets generation 1 where the kind counts generations. */
  prepareForCreate?(object: T, by?: Requester): void;
  /** Before an update: keeps what this write may not change (status) and counts the generation up when the spec changed. */
  prepareForUpdate?(object: T, old: T): void;
  /** Name rules; DNS subdomain unless said. Returns messages as in meta/names. */
  validateName?(name: string): string[];
  /** Finalizers need no domain (custom resources and their definitions). */
  freeFinalizers?: boolean;
  /** What holds at any time: called on creates and updates. */
  validate?(object: T): FieldError[];
  /** Called besides `validate` on creates. */
  validateCreate?(object: T): FieldError[];
  /** Called besides `validate` on updates, for what may not change. */
  validateUpdate?(object: T, old: T): FieldError[];
  /** Text of Warning headers for a create, or an update of `old`. */
  warnings?(object: T, old?: T): string[];
  /** A PUT to a name that does not exist creates it (leases, events, endpoints, nodes …, as upstream's AllowCreateOnUpdate). */
  createOnUpdate?: boolean;
  /** A PUT without resourceVersion overwrites (upstream's AllowUnconditionalUpdate); true unless said. */
  unconditionalUpdate?: boolean;
  /** Dependents outlive the object where a deletion says nothing of them (upstream's DefaultGarbageCollectionPolicy). */
  orphansDependents?: boolean;
  /** Nothing ever depends on the object, so that no deletion waits for dependents; true unless said. */
  hasDependents?: boolean;
  /** A deletion answers with the object, not with a Status (upstream's ReturnDeletedObject). */
  returnsDeleted?: boolean;
  /** Seconds between deletionTimestamp and removal (pods): undefined removes at once. `requested` is the client's gracePeriodSeconds. */
  gracePeriod?(object: T, requested: number | undefined): number | undefined;
}

export interface Column<T> {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: 'name' | '';
  description: string;
  /** 0 is always shown, 1 with -o wide. */
  priority?: number;
  /** `now` in milliseconds, for ages. */
  cell(object: T, now: number): string | number | boolean | null;
}

/** How apply and strategic merge treat a list (upstream's patchStrategy, patchMergeKey, listType, listMapKeys). */
export interface ListType {
  /** Strategic merge: merge by this key; a list of primitives merges with an empty key. Absent: replaced. */
  mergeKey?: string;
  /** Strategic merge: keep only the keys the patch names (`retainKeys`). */
  retainKeys?: boolean;
  /** Strategic merge: an object that a patch replaces as a whole (`replace`). */
  replace?: boolean;
  /** Server-side apply. */
  listType?: 'atomic' | 'set' | 'map';
  mapKeys?: readonly string[];
}

export const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `group/resource`: the key under which tables hold a kind. */
export const kindKey = (kind: { group: string; resource: string }): string => `${kind.group}/${kind.resource}`;

/** Narrows a literal to Kind<T> while keeping inference in the folders short. */
export function defineKind<T extends KubeObject>(kind: Kind<T>): Kind<T> {
  return kind;
}
