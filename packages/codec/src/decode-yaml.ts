import { canonicalize } from './canonical.ts';
import { decoding } from './decode-error.ts';
import { asObject, type Decoded, type DecodeOptions, interpreting, type Source, unknownField, untyped } from './decode-json.ts';
import { readYaml } from './yaml.ts';
import { maxLexemes } from './yaml-tokens.ts';

/** Reads one object written in YAML in canonical form, as `decodeJson` does for JSON. Throws DecodeError. */
export function decodeYaml(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const source = yamlSource(bytes);
  return source.finish(source.root(), options.type);
}

export function yamlSource(bytes: Uint8Array): Source {
  let duplicates: readonly string[] = [];
  return {
    root() {
      const { value, duplicateKeys } = readYaml(Buffer.from(bytes).toString('utf8'), maxLexemes);
      duplicates = duplicateKeys;
      return decoding(interpreting, () => asObject(sortKeys(value)));
    },
    finish(root, type) {
      const { object, unknownFields } = type === undefined ? untyped(root) : canonicalize(root, type);
      return {
        object,
        strictErrors: [
          ...(duplicates.length > 0 ? [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`] : []),
          ...unknownFields.map(unknownField),
        ],
      };
    },
  };
}

/** YAML is read by way of JSON whose keys are in order, so what is unknown is told in that order. */
function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
