/** The validation rules of a schema (x-kubernetes-validations), compiled: a tree with only the branches that lead to rules. */
import { findField, type StructuralSchema, type ValidationRule } from '@t8s/api';
import { CelError, type CelType, compile, type Program } from '@t8s/cel';
import { celTypeOf } from './cel-type.ts';
import { extentOf, type Sized } from './extent.ts';

/** A rule ready to be evaluated, or why it isn't. */
export interface CompiledRule {
  rule: ValidationRule;
  program: Program | CelError;
  message: Program | CelError | undefined;
  /** Looks at the value before, and is held to it only where there is one. */
  usesOldSelf: boolean;
  /** The field a failure is told of, from the value on. */
  fieldPath: string;
}

export interface RuleTree {
  schema: StructuralSchema;
  /** How large its values may be. */
  extent: Sized;
  rules: readonly CompiledRule[];
  properties: ReadonlyMap<string, RuleTree>;
  additional: RuleTree | undefined;
  items: RuleTree | undefined;
}

/** Undefined where there are no rules at all. */
export function compileRules(schema: StructuralSchema, isRoot = true): RuleTree | undefined {
  const type = celTypeOf(schema, isRoot || schema.embedded);
  const extent = extentOf(schema, isRoot || schema.embedded);
  // What rules can't see has none that count.
  if (type === undefined || extent === undefined) return undefined;
  const rules = schema.props['x-kubernetes-validations'] ?? [];
  const { additional, items } = schema;
  const tree: RuleTree = {
    schema,
    extent,
    rules: rules.length > 0 ? compileAll(rules, schema, type) : [],
    properties: new Map(
      [...schema.properties].flatMap(([name, property]) => {
        const inner = compileRules(property, false);
        return inner ? [[name, inner] as const] : [];
      }),
    ),
    additional: additional !== undefined && additional !== true ? compileRules(additional, false) : undefined,
    items: items && compileRules(items, false),
  };
  return tree.rules.length > 0 || tree.properties.size > 0 || tree.additional || tree.items ? tree : undefined;
}

function compileAll(rules: readonly ValidationRule[], schema: StructuralSchema, self: CelType): CompiledRule[] {
  const plain = { self, oldSelf: self };
  const optional = { self, oldSelf: { optional: self } };
  return rules.map((rule) => {
    const variables = rule.optionalOldSelf ? optional : plain;
    const field = rule.fieldPath ? findField(rule.fieldPath, schema.props, { arrayNotation: true }) : undefined;
    return {
      rule,
      program: attempt(rule.rule ?? '', variables, 'bool'),
      message: rule.messageExpression ? attempt(rule.messageExpression, plain, 'string') : undefined,
      usesOldSelf: namesOldSelf(rule.rule ?? ''),
      fieldPath: field === undefined || field instanceof Error ? '' : field.path,
    };
  });
}

function attempt(expression: string, variables: Readonly<Record<string, CelType>>, result: 'bool' | 'string'): Program | CelError {
  try {
    return compile(expression, { variables, result });
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

/** Outside of texts and comments. */
const namesOldSelf = (rule: string): boolean =>
  /(?<![\w.])oldSelf(?!\w)/.test(rule.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/.*/g, '""'));
