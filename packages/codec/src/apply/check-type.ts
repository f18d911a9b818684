/** Whether a configuration fits its type, in structured-merge-diff's words. */
import { isObject } from '../own-field.ts';
import { elementStep } from './list-elements.ts';
import type { ListMergeType, MapMergeType, MergeType, ScalarType } from './merge-type.ts';
import { fieldElement, showElement } from './path-element.ts';

type Json = Record<string, unknown>;

/** What is wrong, or undefined. */
export function checkType(type: MapMergeType, object: Json): string | undefined {
  const problems: string[] = [];
  check(type, object, '', problems);
  if (problems.length === 0) return undefined;
  return problems.length === 1 ? problems[0] : ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

function check(type: MergeType, value: unknown, path: string, problems: string[]): void {
  const report = (problem: string): void => void problems.push(path === '' ? problem : `${path}: ${problem}`);
  if (value === null || value === undefined || type.kind === 'any') return;
  if (type.kind === 'scalar') {
    const problem = scalarProblem(type.scalar, value);
    if (problem) report(problem);
  } else if (type.kind === 'list') {
    if (Array.isArray(value)) checkElements(type, value, path, problems);
    else report(`expected list, got &{${goText(value)}}`);
  } else if (isObject(value)) {
    checkFields(type, value, path, problems);
  } else {
    report(`expected map, got &{${goText(value)}}`);
  }
}

/** Stops at the first field that the type lacks. */
function checkFields({ fields, element }: MapMergeType, object: Json, path: string, problems: string[]): void {
  for (const [name, value] of Object.entries(object)) {
    const at = `${path}${showElement(fieldElement(name))}`;
    const type = fields.get(name)?.type ?? element;
    if (!type) {
      problems.push(`${at}: field not declared in schema`);
      return;
    }
    check(type, value, at, problems);
  }
}

function checkElements(type: ListMergeType, list: readonly unknown[], path: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const [i, element] of list.entries()) {
    const step = type.relation === 'atomic' ? `i:${i}` : elementStep(type, element);
    if (step instanceof Error) {
      problems.push(`${path === '' ? '' : `${path}: `}element ${i}: ${step.message}`);
      return;
    }
    if (seen.has(step)) problems.push(`${path === '' ? '' : `${path}: `}duplicate entries for key ${showElement(step)}`);
    seen.add(step);
    check(type.element, element, `${path}${showElement(step)}`, problems);
  }
}

function scalarProblem(scalar: ScalarType['scalar'], value: unknown): string | undefined {
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
  }
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** As Go's `%v` shows it. */
function goText(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObject(value)) return `map[${sortedFields(value, goText)}]`;
  return String(value);
}

/** As Go's `%#v` shows it. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value)) {
    const fields = Object.keys(value).sort();
    return `map[string]interface {}{${fields.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

const sortedFields = (object: Json, show: (value: unknown) => string): string =>
  Object.keys(object)
    .sort()
    .map((name) => `${name}:${show(object[name])}`)
    .join(' ');
