/** What is wrong with the validation rules of a CustomResourceDefinition: the part of its validation that takes a compiler. */
import { isDeepStrictEqual } from 'node:util';
import { type CustomResourceDefinition, compileSchema, customResourceDefinitionKind, schemasOf, type ValidationRule } from '@t8s/api';
import { CelError } from '@t8s/cel';
import { type FieldError, invalidValue, type KubeObject } from '@t8s/meta';
import { checkValue } from './check-rules.ts';
import { type CompiledRule, compileRules, type RuleTree } from './compile-rules.ts';
import { CostLedger } from './rule-costs.ts';

/** Of schemas that are as they were nothing more is asked. */
export function definitionRuleErrors(object: KubeObject, old?: KubeObject): FieldError[] {
  const crd = object as CustomResourceDefinition;
  // Schemas that are wrong in other ways would make their rules look wrong too.
  if ((customResourceDefinitionKind.strategy.validate?.(crd) ?? []).length > 0) return [];
  const before = old ? schemasOf(old as CustomResourceDefinition) : [];
  return schemasOf(crd).flatMap(({ schema, path }) => {
    if (before.some((one) => isDeepStrictEqual(one.schema, schema))) return [];
    const tree = compileRules(compileSchema(schema));
    if (!tree) return [];
    const costs = new CostLedger();
    const errors = [...treeErrors(tree, { path, fixed: undefined, count: 1, costs }), ...costs.errors(path)];
    return errors.length > 0 ? errors : defaultErrors(tree, path);
  });
}

/** Defaults are held to the rules of their schema. */
function defaultErrors(tree: RuleTree, path: string): FieldError[] {
  const { schema, properties, items } = tree;
  return [
    ...(schema.default === undefined ? [] : checkValue(tree, schema.default, `${path}.default`)),
    ...[...properties].flatMap(([name, inner]) => defaultErrors(inner, `${path}.properties[${name}]`)),
    ...(items ? defaultErrors(items, `${path}.items`) : []),
  ];
}

interface Surroundings {
  path: string;
  /** The first schema around this one whose values have no past of their own. */
  fixed: string | undefined;
  /** How many values of it an object may have; infinitely many where nothing limits them. */
  count: number;
  costs: CostLedger;
}

function treeErrors({ schema, extent, rules, properties, additional, items }: RuleTree, around: Surroundings): FieldError[] {
  const { path, fixed, count, costs } = around;
  const { maxProperties = Number.POSITIVE_INFINITY, maxItems = Number.POSITIVE_INFINITY } = schema.props;
  const inList = { path: `${path}.items`, fixed: fixed ?? (schema.listType === 'map' ? undefined : path), count: times(count, maxItems) };
  return [
    ...(additional ? treeErrors(additional, { ...around, path: `${path}.additionalProperties`, count: times(count, maxProperties) }) : []),
    ...[...properties].flatMap(([name, inner]) => treeErrors(inner, { ...around, path: `${path}.properties[${name}]` })),
    ...(items ? treeErrors(items, { ...inList, costs }) : []),
    ...rules.flatMap((rule, i) => {
      const at = `${path}.x-kubernetes-validations[${i}]`;
      return [...costs.charge(rule, extent, { path: at, count }), ...ruleErrors(rule, at, fixed)];
    }),
  ];
}

/** None of infinitely many is none. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function ruleErrors({ rule, program, message, usesOldSelf }: CompiledRule, path: string, fixed: string | undefined): FieldError[] {
  const uncorrelatable = 'oldSelf cannot be used on the uncorrelatable portion of the schema within';
  return [
    ...(program instanceof CelError
      ? [invalidValue(`${path}.rule`, shown(rule), problemOf(program, 'cel expression must evaluate to a bool'))]
      : []),
    ...(message instanceof CelError
      ? [invalidValue(`${path}.messageExpression`, shown(rule), problemOf(message, 'messageExpression must evaluate to a string'))]
      : []),
    ...(usesOldSelf && fixed !== undefined ? [invalidValue(`${path}.rule`, rule.rule, `${uncorrelatable} ${fixed}`)] : []),
    ...(!usesOldSelf && rule.optionalOldSelf !== undefined
      ? [invalidValue(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')]
      : []),
  ];
}

const problemOf = ({ reason, message }: CelError, otherType: string): string => (reason === 'result' ? otherType : message);

/** A rule as errors show it: by upstream's names inside. */
const shown = (rule: ValidationRule): object => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
});
