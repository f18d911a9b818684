/** Holds custom resources to the validation rules of their schema (apiextensions' cel validation, v1.34). */
import { absent, correlateElement, isUnchanged as isSame, type StructuralSchema, type ValidationRule } from '@t8s/api';
import { CelError, CostBudget } from '@t8s/cel';
import { type FieldError, forbiddenField, invalidValue, required } from '@t8s/meta';
import { celValue } from './cel-value.ts';
import { type CompiledRule, compileRules, type RuleTree } from './compile-rules.ts';

type Json = Record<string, unknown>;

/** What rules say against an object; with `old`, against its update. Undefined for a schema without rules. */
export function rulesOf(schema: StructuralSchema): ((object: Json, old?: Json) => FieldError[]) | undefined {
  if (!hasRules(schema)) return undefined;
  let tree: RuleTree | undefined;
  // Compiled when they are first needed: most definitions of a cluster are hardly ever written to.
  return (object, old) => {
    tree ??= compileRules(schema);
    return tree ? new Checking().check(tree, object, old) : [];
  };
}

function hasRules({ props, properties, additional, items }: StructuralSchema): boolean {
  if ((props['x-kubernetes-validations'] ?? []).length > 0) return true;
  const inner = [...properties.values(), ...(additional && additional !== true ? [additional] : []), ...(items ? [items] : [])];
  return inner.some(hasRules);
}

/** What rules say against a value at a path; transition rules take it for one that stays as it is. */
export function checkValue(tree: RuleTree, value: unknown, path: string): FieldError[] {
  return new Checking().checkAt({ tree, value, path, old: value, isUnchanged: () => false });
}

/** A value on the way through an object. */
interface Place {
  tree: RuleTree;
  value: unknown;
  path: string;
  /** The value before, for transition rules; `absent` where there is none to compare with. */
  old: unknown;
  /** Whether it, or the nearest part around it that has a past, is what it was: then only transition rules hold (KEP-4008). */
  isUnchanged(): boolean;
}

/** All rules share what they may cost; when it is used up, no further ones are looked at. */
class Checking {
  readonly #errors: FieldError[] = [];
  readonly #budget = new CostBudget();
  #isOver = false;

  check(tree: RuleTree, object: Json, old: Json | undefined): FieldError[] {
    const before = old ?? absent;
    return this.checkAt({
      tree,
      value: object,
      path: '',
      old: before,
      isUnchanged: unchanged(object, before, { tree, around: () => false }),
    });
  }

  checkAt(place: Place): FieldError[] {
    this.#visit(place);
    return this.#errors;
  }

  #visit(place: Place): void {
    if (place.value === null || place.value === undefined) return;
    this.#rules(place);
    if (Array.isArray(place.value)) this.#elements(place, place.value);
    else if (typeof place.value === 'object') this.#fields(place, place.value as Json);
  }

  #elements({ tree, path, old, isUnchanged }: Place, list: readonly unknown[]): void {
    if (!tree.items) return;
    const correlate = correlateElement(tree.schema.props, old);
    for (const [i, value] of list.entries()) {
      if (this.#isOver) return;
      const before = correlate(value);
      this.#visit({
        tree: tree.items,
        value,
        path: `${path}[${i}]`,
        old: before,
        isUnchanged: unchanged(value, before, { tree: tree.items, around: isUnchanged }),
      });
    }
  }

  #fields({ tree, path, old, isUnchanged }: Place, object: Json): void {
    for (const [name, value] of Object.entries(object)) {
      if (this.#isOver) return;
      const named = tree.properties.get(name);
      const inner = named ?? (tree.schema.properties.has(name) ? undefined : tree.additional);
      if (!inner) continue;
      const before = isObject(old) && Object.hasOwn(old, name) ? old[name] : absent;
      const at = named ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`;
      this.#visit({
        tree: inner,
        value,
        path: at,
        old: before,
        isUnchanged: unchanged(value, before, { tree: inner, around: isUnchanged }),
      });
    }
  }

  #rules(place: Place): void {
    const { tree, value, old } = place;
    if (tree.rules.length === 0) return;
    const self = celValue(value, tree.schema);
    const oldSelf = old === absent || old === null ? undefined : celValue(old, tree.schema);
    for (const rule of tree.rules) {
      if (this.#isOver) return;
      if (rule.usesOldSelf && oldSelf === undefined && !rule.rule.optionalOldSelf) continue;
      this.#rule(rule, place, { self, oldSelf });
    }
  }

  #rule(compiled: CompiledRule, { tree, value, path, isUnchanged }: Place, values: { self: unknown; oldSelf: unknown }): void {
    const { rule, program, usesOldSelf, fieldPath } = compiled;
    const at = path === '' ? '<nil>' : path;
    const problem = (detail: string): FieldError => invalidValue(at, tree.schema.type, detail);
    if (program instanceof CelError) {
      this.#errors.push(problem(`rule compile error: ${program.message}`));
      return;
    }
    try {
      const { self, oldSelf } = values;
      const before = rule.optionalOldSelf ? { oldSelf: oldSelf ?? null } : oldSelf === undefined ? {} : { oldSelf };
      if (program.evaluate({ self, ...before }, { budget: this.#budget }) === true) return;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      this.#isOver = error.reason === 'budget' || error.reason === 'call-limit';
      this.#errors.push(problem(evaluationProblem(error, rule)));
      return;
    }
    const detail = this.#message(compiled, values) ?? messageOf(rule);
    if (!usesOldSelf && isUnchanged()) return;
    const where = [path, fieldPath].filter(Boolean).join('.') || '<nil>';
    const isWhole = tree.schema.type === 'object' || tree.schema.type === 'array';
    this.#errors.push(failure(where, isWhole ? [] : [value], detail, rule));
    this.#isOver ||= this.#errors.length >= maxErrors;
  }

  /** The text of a messageExpression; undefined where it gives none that will do. */
  #message({ message }: CompiledRule, { self, oldSelf }: { self: unknown; oldSelf: unknown }): string | undefined {
    if (message === undefined || message instanceof CelError) return undefined;
    try {
      const text = message.evaluate({ self, ...(oldSelf !== undefined && { oldSelf }) }, { budget: this.#budget });
      const trimmed = typeof text === 'string' ? text.trim() : '';
      return trimmed === '' || trimmed.includes('\n') || Buffer.byteLength(trimmed) > maxMessage ? undefined : trimmed;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      if (error.reason !== 'budget' && error.reason !== 'call-limit') return undefined;
      this.#isOver = true;
      const expression = JSON.stringify(message.expression);
      return error.reason === 'budget'
        ? 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run'
        : `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${expression}`;
    }
  }
}

/** What is told of an object that breaks rules everywhere. */
const maxErrors = 1000;
/** Longest message an expression may make, in bytes. */
const maxMessage = 5 * 1024;

/** Told once: comparing is as long as the value is. */
function unchanged(value: unknown, old: unknown, { tree, around }: { tree: RuleTree; around: () => boolean }): () => boolean {
  if (old === absent) return around;
  let known: boolean | undefined;
  return () => {
    known ??= isSame(value, old, tree.schema.props);
    return known;
  };
}

const ruleText = ({ message, rule }: ValidationRule): string => (message || rule || '').trim();

const messageOf = (rule: ValidationRule): string => (rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`);

function evaluationProblem({ reason, message }: CelError, rule: ValidationRule): string {
  if (reason === 'budget') return message;
  if (reason === 'call-limit')
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`;
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`;
  return `${message} evaluating rule: ${ruleText(rule)}`;
}

/** `shown` holds the value, where the error is to show it. */
function failure(field: string, shown: readonly unknown[], detail: string, { reason }: ValidationRule): FieldError {
  const badValue = shown.length > 0 ? { badValue: shown[0] } : {};
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(field, detail);
    case 'FieldValueRequired':
      return required(field, detail);
    case 'FieldValueDuplicate':
      return { type: 'Duplicate', field, detail: '', ...badValue };
    default:
      return { type: 'Invalid', field, detail, ...badValue };
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
