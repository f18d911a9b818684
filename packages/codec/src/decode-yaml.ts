import { canonicalize } from './canonical.ts';
import { decoding } from './decode-error.ts';
import { asObject, type Decoded, type DecodeOptions, interpreting, type Source, untyped } from './decode-json.ts';
import { duplicateYamlKeys, parseYaml } from './yaml.ts';

/** Reads one object written in YAML in canonical form, as `decodeJson` does for JSON. Throws DecodeError. */
export function decodeYaml(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const source = yamlSource(bytes);
  return source.finish(source.root(), options.type);
}

export function yamlSource(bytes: Uint8Array): Source {
  const text = Buffer.from(bytes).toString('utf8');
  return {
    root() {
      const value = decoding('error converting YAML to JSON', () => parseYaml(text));
      return decoding(interpreting, () => asObject(value));
    },
    finish(root, type) {
      const { object, unknownFields } = type === undefined ? untyped(root) : canonicalize(root, type);
      const duplicates = duplicateYamlKeys(text);
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
