/**
 * Fields that Go has no way to leave out: an object that lacks them has them with their zero value, in our hands and on the
 * wire. Not for configurations that say only what they mean (apply, manifests of a client).
 */
import { type FieldSchema, schema, type TypeSchema } from '@t8s/api';

type Json = Record<string, unknown>;

interface Completion {
  zeros: readonly (readonly [field: string, zero: () => unknown])[];
  /** Fields that hold objects of a type, or lists or maps of them. */
  nested: readonly (readonly [field: string, type: string, many: boolean])[];
}

/** Required all the same, but pointers in Go: absent is another thing than empty. */
const pointers = new Set([
  'DaemonSetSpec.selector',
  'DeploymentSpec.selector',
  'ReplicaSetSpec.selector',
  'StatefulSetSpec.selector',
  'IPAddressSpec.parentRef',
  'ScaleIOVolumeSource.secretRef',
  'ScaleIOPersistentVolumeSource.secretRef',
]);

const completions = new WeakMap<TypeSchema, Completion>();

const noType: TypeSchema = { package: '', fields: {} };

/** Fills in what `object` lacks as `typeName` of the schema; changes it in place. It must be canonical. */
export function completeRequired(object: Json, typeName: string): void {
  const { zeros, nested } = completionOf(typeName);
  for (const [field, zero] of zeros) object[field] ??= zero();
  for (const [field, type, many] of nested) {
    const value = object[field];
    if (value === undefined) continue;
    if (!many) completeRequired(value as Json, type);
    else for (const item of Object.values(value as Json)) completeRequired(item as Json, type);
  }
}

function completionOf(typeName: string): Completion {
  const source = schema[typeName] ?? noType;
  const known = completions.get(source);
  if (known) return known;
  const fields = Object.entries(source.fields);
  const completion: Completion = {
    zeros: fields.flatMap(([name, field]) => {
      const zero = field.required && !pointers.has(`${typeName}.${name}`) ? zeroOf(field) : undefined;
      return zero ? [[name, zero] as const] : [];
    }),
    nested: fields.flatMap(([name, field]) => {
      const many = field.type === 'array' || field.type === 'map';
      const inner = many ? field.items : field;
      return inner.type === 'ref' ? [[name, inner.ref, many] as const] : [];
    }),
  };
  completions.set(source, completion);
  return completion;
}

/** Times and quantities have no zero that is a value of theirs. */
function zeroOf({ type }: FieldSchema): (() => unknown) | undefined {
  switch (type) {
    case 'string':
      return () => '';
    case 'boolean':
      return () => false;
    case 'integer':
    case 'number':
    case 'intOrString':
      return () => 0;
    case 'array':
      return () => [];
    case 'map':
    case 'ref':
      return () => ({});
    default:
      return undefined;
  }
}
