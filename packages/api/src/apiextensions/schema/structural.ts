import type { JSONSchemaProps } from '../../generated/types.ts';

/**
 * The schema of a custom resource in the form that requests are served from (KEP-1979's structural schemas): what a value is made of,
 * apart from what is demanded of it. Compiled once per version of a CustomResourceDefinition; never changed.
 */
export interface StructuralSchema {
  /** As the author wrote it. */
  readonly props: JSONSchemaProps;
  /** '' where any JSON may stand, and for integers that may be text. */
  readonly type: string;
  readonly properties: ReadonlyMap<string, StructuralSchema>;
  /** What keys beside `properties` lead to; `true` is anything (of which objects keep nothing), undefined that there are no others. */
  readonly additional: StructuralSchema | true | undefined;
  readonly items: StructuralSchema | undefined;
  /** Undefined where there is none, or only null. */
  readonly default: unknown;
  readonly nullable: boolean;
  readonly intOrString: boolean;
  /** A whole object of the API, with metadata of its own. */
  readonly embedded: boolean;
  readonly preservesUnknown: boolean;
  readonly listType: 'atomic' | 'set' | 'map';
  readonly listKeys: readonly string[];
  readonly atomicMap: boolean;
  /** Whether it, or anything in it, has a default. */
  readonly hasDefaults: boolean;
  /** Whether it, or anything in it, is embedded. */
  readonly hasEmbedded: boolean;
}

/** Most schemas are of scalars: thousands of them share this. */
const noKeys: readonly string[] = [];
const nothing: ReadonlyMap<string, StructuralSchema> = new Map();

/** Compiles a schema that has passed the validation of its CustomResourceDefinition. */
export function compileSchema(props: JSONSchemaProps): StructuralSchema {
  const properties = props.properties
    ? new Map(Object.entries(props.properties).map(([name, inner]) => [name, compileSchema(inner)]))
    : nothing;
  const additional = compileAdditional(props.additionalProperties);
  const items = isSchema(props.items) ? compileSchema(props.items) : undefined;
  const inner = [...properties.values(), ...(additional && additional !== true ? [additional] : []), ...(items ? [items] : [])];
  const listType = props['x-kubernetes-list-type'];
  const fallback = props.default ?? undefined;
  return {
    props,
    type: props.type ?? '',
    properties,
    additional,
    items,
    default: fallback,
    nullable: props.nullable === true,
    intOrString: props['x-kubernetes-int-or-string'] === true,
    embedded: props['x-kubernetes-embedded-resource'] === true,
    preservesUnknown: props['x-kubernetes-preserve-unknown-fields'] === true,
    listType: listType === 'set' || listType === 'map' ? listType : 'atomic',
    listKeys: props['x-kubernetes-list-map-keys'] ?? noKeys,
    atomicMap: props['x-kubernetes-map-type'] === 'atomic',
    hasDefaults: fallback !== undefined || inner.some((schema) => schema.hasDefaults),
    hasEmbedded: props['x-kubernetes-embedded-resource'] === true || inner.some((schema) => schema.hasEmbedded),
  };
}

function compileAdditional(additional: unknown): StructuralSchema | true | undefined {
  if (additional === true) return true;
  return isSchema(additional) ? compileSchema(additional) : undefined;
}

/** A schema, where JSON schema also takes a boolean or a list of schemas. */
export const isSchema = (value: unknown): value is JSONSchemaProps => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of a field, whether it is named or not; undefined where there is none to go by. */
export function fieldOf(schema: StructuralSchema | undefined, name: string): StructuralSchema | undefined {
  const named = schema?.properties.get(name);
  if (named || schema === undefined) return named;
  return schema.additional === true ? undefined : schema.additional;
}

/** Fields that every object of the API has, whatever its schema says. */
export const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
