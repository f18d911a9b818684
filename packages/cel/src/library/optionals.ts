/** CEL's optional macros that the library lacks: optMap and optFlatMap; and ofNonZeroValue. */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { evaluationError } from '../cel-error.ts';
import type { Node } from '../syntax-tree.ts';
import type { Checker, Context, Evaluator } from './macro.ts';

export function registerOptionals(env: Environment): void {
  env
    .registerFunction(
      'optional.optMap(ast, ast): dyn',
      mapper((value) => Optional.of(value)),
    )
    .registerFunction('optional.optFlatMap(ast, ast): dyn', mapper(asOptional))
    .registerFunction(
      'OptionalNamespace.ofNonZeroValue(dyn): optional<dyn>',
      (_: unknown, value: unknown) => (isZero(value) ? Optional.none() : Optional.of(value)),
      { async: false },
    );
}

function asOptional(value: unknown): Optional<unknown> {
  if (value instanceof Optional) return value;
  throw evaluationError('no such overload');
}

interface Call {
  receiver: Node;
  args: [Node, Node];
}

const mapper =
  (wrap: (value: unknown) => Optional<unknown>) =>
  ({ receiver, args: [variable, body] }: Call) => {
    let scope: Context;
    return {
      receiver,
      body,
      typeCheck(checker: Checker, _macro: unknown, context: Context) {
        const range = checker.check(receiver, context);
        if (range.kind !== 'optional' && range.kind !== 'dyn')
          throw checker.createError('optional_expected', 'optMap() and optFlatMap() are for optional values', receiver);
        if (variable.op !== 'id') throw checker.createError('invalid_macro_argument', 'argument must be a simple name', variable);
        scope = context.forkWithVariable(String(variable.args), range.valueType ?? checker.getType('dyn'));
        checker.check(body, scope);
        return checker.getType('optional');
      },
      evaluate(evaluator: Evaluator, _macro: unknown, context: Context): Optional<unknown> {
        const optional = asOptional(evaluator.run(receiver, context));
        if (!optional.hasValue()) return Optional.none();
        return wrap(evaluator.run(body, scope.reuse(context).setIterValue(optional.value(), evaluator)));
      },
      async: false,
    };
  };

function isZero(value: unknown): boolean {
  if (value instanceof Map) return value.size === 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof UnsignedInt) return value.valueOf() === 0n;
  return value === null || value === '' || value === false || value === 0 || value === 0n;
}
