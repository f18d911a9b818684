import { canonicalize } from './canonical.ts';
import { decoding } from './decode-error.ts';
import { asObject, type Decoded, type DecodeOptions, interpreting, type Source, untyped } from './decode-json.ts';
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
      return decoding(interpreting, () => asObject(value));
    },
    finish(root, type) {
      const { object, unknownFields } = type === undefined ? untyped(root) : canonicalize(root, type);
      return {
        object,
        strictErrors: [
          ...(duplicates.length > 0 ? [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`] : []),
          ...unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`),
        ],
      };
    },
  };
}
