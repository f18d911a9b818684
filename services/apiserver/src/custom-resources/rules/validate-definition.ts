/** What is wrong with the validation rules of a CustomResourceDefinition: the part of its validation that takes a compiler. */
import { type CustomResourceDefinition, compileSchema, customResourceDefinitionKind, schemasOf, type ValidationRule } from '@t8s/api';
import { CelError } from '@t8s/cel';
import { type FieldError, invalidValue, type KubeObject } from '@t8s/meta';
import { checkValue } from './check-rules.ts';
import { type CompiledRule, compileRules, type RuleTree } from './compile-rules.ts';

export function definitionRuleErrors(object: KubeObject): FieldError[] {
  const crd = object as CustomResourceDefinition;
  // Schemas that are wrong in other ways would make their rules look wrong too.
  if ((customResourceDefinitionKind.strategy.validate?.(crd) ?? []).length > 0) return [];
  return schemasOf(crd).flatMap(({ schema, path }) => {
    const tree = compileRules(compileSchema(schema));
    if (!tree) return [];
    const errors = treeErrors(tree, path);
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

/** `fixed`: the first schema around this one whose values have no past of their own. */
function treeErrors({ schema, rules, properties, additional, items }: RuleTree, path: string, fixed?: string): FieldError[] {
  return [
    ...(additional ? treeErrors(additional, `${path}.additionalProperties`, fixed) : []),
    ...[...properties].flatMap(([name, inner]) => treeErrors(inner, `${path}.properties[${name}]`, fixed)),
    ...(items ? treeErrors(items, `${path}.items`, fixed ?? (schema.listType === 'map' ? undefined : path)) : []),
    ...rules.flatMap((rule, i) => ruleErrors(rule, `${path}.x-kubernetes-validations[${i}]`, fixed)),
  ];
}

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
