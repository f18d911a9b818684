/** How upstream sees a definition inside: what all versions have alike stands once, and its errors say so. */
import { isDeepStrictEqual } from 'node:util';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps } from '../../generated/types.ts';

const shareable = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

type Shared = Partial<Pick<CustomResourceDefinitionVersion, (typeof shareable)[number]>>;

/** The fields that are the same in all versions; a field that none has is there, and undefined. */
export function hoist([first, ...others]: readonly CustomResourceDefinitionVersion[]): Shared {
  if (!first) return {};
  const same = shareable.filter((field) => others.every((version) => isDeepStrictEqual(version[field], first[field])));
  return Object.fromEntries(same.map((field) => [field, first[field]]));
}

/** The versions as errors show them. */
export function internalVersions(versions: readonly CustomResourceDefinitionVersion[]): object[] {
  const shared = hoist(versions);
  const own = <K extends keyof Shared>(version: CustomResourceDefinitionVersion, field: K): unknown =>
    field in shared ? null : (version[field] ?? null);
  return versions.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: own(version, 'schema'),
    Subresources: own(version, 'subresources'),
    AdditionalPrinterColumns: own(version, 'additionalPrinterColumns'),
    SelectableFields: own(version, 'selectableFields'),
  }));
}

/** The schemas of a definition, with the paths that errors about them name. */
export function schemasOf({ spec: { versions } }: CustomResourceDefinition): { schema: JSONSchemaProps; path: string }[] {
  const shared = hoist(versions);
  const placed =
    'schema' in shared
      ? [{ schema: shared.schema, path: 'spec.validation' }]
      : versions.map(({ schema }, i) => ({ schema, path: `spec.versions[${i}].schema` }));
  return placed.flatMap(({ schema, path }) =>
    schema?.openAPIV3Schema ? [{ schema: schema.openAPIV3Schema, path: `${path}.openAPIV3Schema` }] : [],
  );
}
