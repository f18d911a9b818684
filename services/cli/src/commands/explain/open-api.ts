/** What the server's OpenAPI v3 documents say of a kind. */
import type { Client } from '@t8s/client';
import type { Resource } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';

export interface Schema {
  description?: string;
  type?: string;
  $ref?: string;
  allOf?: Schema[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

/** The schemas of one group version. */
export class Schemas {
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(schemas: Readonly<Record<string, Schema>>) {
    this.#schemas = schemas;
  }

  static async of(client: Client, { group, version }: Resource): Promise<Schemas> {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const { paths } = await client.getJson<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3');
    const found = paths[path];
    if (!found) throw new Failure(`error: couldn't find resource for "${group}/${version}"`);
    const document = await client.getJson<{ components?: { schemas?: Record<string, Schema> } }>(found.serverRelativeURL);
    return new Schemas(document.components?.schemas ?? {});
  }

  ofKind({ group, version, kind }: Resource): Schema {
    const is = (one: { group: string; version: string; kind: string }): boolean =>
      one.group === group && one.version === version && one.kind === kind;
    const found = Object.values(this.#schemas).find((schema) => schema['x-kubernetes-group-version-kind']?.some(is));
    if (!found) throw new Failure(`error: GVR (${group}/${version}, Resource=${kind}) not found in OpenAPI schema`);
    return found;
  }

  /** What a reference stands for; itself where it is none. */
  resolved(schema: Schema): Schema {
    const reference = this.referenceOf(schema);
    return reference === undefined ? schema : (this.#schemas[reference] ?? {});
  }

  /** The full name of the type that is referred to. */
  referenceOf({ $ref, allOf }: Schema): string | undefined {
    return ($ref ?? (allOf?.length === 1 ? allOf[0]?.$ref : undefined))?.split('/').at(-1);
  }

  /** The fields of a struct, or of the structs in a list or map. */
  fieldsOf(schema: Schema): Schema {
    const own = this.resolved(schema);
    const inner = own.items ?? (typeof own.additionalProperties === 'object' ? own.additionalProperties : undefined);
    return inner ? this.fieldsOf(inner) : own;
  }

  /** `[]Container`, `map[string]string`, `ObjectMeta`. */
  typeName(schema: Schema): string {
    if (schema.items) return `[]${this.typeName(schema.items)}`;
    if (typeof schema.additionalProperties === 'object') return `map[string]${this.typeName(schema.additionalProperties)}`;
    const reference = this.referenceOf(schema);
    if (reference === undefined) return schema.properties || schema.type === 'object' || !schema.type ? 'Object' : schema.type;
    const { type = 'object' } = this.resolved(schema);
    return type === 'object' ? (reference.split('.').at(-1) ?? '') : type;
  }
}
