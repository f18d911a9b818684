import type { CustomResourceDefinition, JSONSchemaProps } from '../../generated/types.ts';
import { recognisesFormat } from '../schema/formats.ts';
import { subSchemas } from './sub-schemas.ts';

/** About formats that say nothing to anybody; with `old`, about new ones only. */
export function formatWarnings(crd: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const before = new Set(old ? unknownFormats(old) : []);
  return unknownFormats(crd)
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

const unknownFormats = ({ spec }: CustomResourceDefinition): string[] =>
  spec.versions.flatMap(({ schema }) => (schema?.openAPIV3Schema ? formatsOf(schema.openAPIV3Schema) : []));

function formatsOf(schema: JSONSchemaProps): string[] {
  const { format, type } = schema;
  const own = format && !recognisesFormat(type, format) ? [format] : [];
  return [...own, ...subSchemas(schema).flatMap(([inner]) => formatsOf(inner))];
}
