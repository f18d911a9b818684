/**
 * Field management of one kind, and one of its sub-resources (KEP-555, KEP-2155): the interface of this folder. Pure: objects go
 * in, objects come out, the time is an argument.
 */
import type { KubeObject } from '@t8s/meta';
import type { FieldSet } from './field-set.ts';
import type { MapMergeType } from './merge-type.ts';

/** What is managed, and in which version a request speaks. */
export interface Managed {
  group: string;
  version: string;
  kind: string;
  type: MapMergeType;
  /** '' for the object itself. */
  subresource: string;
  /** Fields that writes of this (sub-)resource never set, with all below them; they are nobody's by it. */
  resetFields: FieldSet;
  /**
   * The object in another version of its group, with that version's type; undefined for versions that are no longer served: what
   * was managed in them is forgotten. Without it there is one version.
   */
  convert?(object: KubeObject, apiVersion: string): { object: KubeObject; type: MapMergeType } | undefined;
}

export interface UpdateRequest {
  managed: Managed;
  /** As stored; undefined on a create. */
  live: KubeObject | undefined;
  /** What the client wants it to be, with defaults. Only its `metadata.managedFields` is changed. */
  next: KubeObject;
  manager: string;
  /** Milliseconds. */
  now: number;
}

export interface ApplyRequest {
  managed: Managed;
  /** As stored; undefined where the apply creates. */
  live: KubeObject | undefined;
  /** The document as it was sent. */
  configuration: Record<string, unknown>;
  manager: string;
  /** Takes fields from others. */
  force: boolean;
  /** Milliseconds. */
  now: number;
}
