/** FieldsV1 that comes from outside: checked, and brought into the one form that sets are compared in. */
import { isObject } from '../own-field.ts';
import { type FieldSet, FieldSetBuilder, type Path } from './field-set.ts';
import { compareElements, goJson, self } from './path-element.ts';

/** What is wrong with the text of a managed field; callers say where. */
export class FieldSetError extends Error {}

/** Returns `fields` itself where it is canonical already, which is the rule. Throws FieldSetError. */
export function readFieldSet(fields: unknown): FieldSet {
  if (!isObject(fields)) throw new FieldSetError('ReadMapCB: expect { or n');
  if (isCanonical(fields, 0)) return fields as unknown as FieldSet;
  const builder = new FieldSetBuilder();
  collect(fields, [], builder);
  return builder.build();
}

/** Deeper trees than any type has are an attack on the stack. */
const maxDepth = 200;

function isCanonical(node: Record<string, unknown>, depth: number): boolean {
  if (depth > maxDepth) throw new FieldSetError('exceeded max depth');
  let before = '';
  let count = 0;
  for (const element in node) {
    const child = node[element];
    if (!isObject(child)) return false;
    if (element === self) {
      if (count > 0 || depth === 0) return false;
    } else if (canonicalElement(element) !== element || (before !== '' && compareElements(before, element) >= 0)) {
      return false;
    }
    if (!isCanonical(child, depth + 1)) return false;
    before = element;
    count++;
  }
  return !(count === 1 && before === self);
}

function collect(node: Record<string, unknown>, path: Path, builder: FieldSetBuilder): void {
  let isParent = false;
  let isMember = false;
  for (const [element, child] of Object.entries(node)) {
    if (element === self) isMember = true;
    const canonical = element === self ? undefined : canonicalElement(element);
    if (canonical === undefined) continue;
    isParent = true;
    if (child !== null && !isObject(child)) throw new FieldSetError('ReadMapCB: expect { or n');
    collect(child ?? {}, [...path, canonical], builder);
  }
  if (isMember || !isParent) builder.add(path);
}

/** Elements of lists seen before: they repeat from write to write. */
const known = new Map<string, string>();

/** Undefined for kinds of steps of the future, which are left out. Throws FieldSetError for what is no step. */
function canonicalElement(element: string): string | undefined {
  if (element.length < 2) throw new FieldSetError(`parsing key as path element: key must be 2 characters long:`);
  if (element[1] !== ':') throw new FieldSetError(`parsing key as path element: missing colon: ${element}`);
  switch (element[0]) {
    case 'f':
      return element;
    case 'i':
      if (!/^[+-]?\d+$/.test(element.slice(2)))
        throw new FieldSetError(`parsing key as path element: strconv.Atoi: parsing ${JSON.stringify(element.slice(2))}: invalid syntax`);
      return `i:${Number(element.slice(2))}`;
    case 'k':
    case 'v':
      return known.get(element) ?? listElement(element);
    default:
      return undefined;
  }
}

function listElement(element: string): string {
  let value: unknown;
  try {
    value = JSON.parse(element.slice(2));
  } catch (error) {
    throw new FieldSetError(`parsing key as path element: ${(error as Error).message}`);
  }
  if (element[0] === 'k') {
    if (!isObject(value)) throw new FieldSetError('parsing key as path element: ReadObjectCB: expect { or n');
    value = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  const canonical = `${element[0]}:${goJson(value)}`;
  if (known.size > 4096) known.clear();
  known.set(element, canonical);
  return canonical;
}
