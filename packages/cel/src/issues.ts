/** What the library says of an expression, in cel-go's words and with its position and line. */
import { EvaluationError, ParseError, TypeError as TypeIssue } from '@marcbachmann/cel-js';
import { CelError } from './cel-error.ts';
import { replacementPrefix } from './environment.ts';
import type { LiteralIssue } from './literals.ts';
import type { Node } from './syntax-tree.ts';

type LibraryError = ParseError | EvaluationError | TypeIssue;

const starts = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const tokens: Record<string, string> = { RPAREN: ')', RBRACKET: ']', RBRACE: '}', COLON: ':', LPAREN: '(', EOF: '<EOF>' };

/** `hasFunction` tells whether any function of that name exists. */
export function compileError(error: unknown, expression: string, hasFunction: (name: string) => boolean): CelError {
  if (error instanceof CelError) return error;
  if (error instanceof RangeError)
    return new CelError('compile', 'compilation failed: ERROR: <input>:-1:0: expression recursion limit exceeded: 250', { cause: error });
  if (!isLibraryError(error)) throw error;
  const node = error.node as Node | undefined;
  const text = error instanceof ParseError ? syntaxIssue(error, expression) : typeIssue(error, node, hasFunction);
  const position = error instanceof ParseError ? (error.range?.start ?? 0) : positionOf(error, node);
  return new CelError('compile', `compilation failed: ERROR: ${located(text, expression, position)}`, { cause: error });
}

/** As `compileError`, of an issue that is not the library's. */
export const literalError = ({ message, position }: LiteralIssue, expression: string): CelError =>
  new CelError('compile', `compilation failed: ERROR: ${located(message, expression, position)}`);

const isLibraryError = (error: unknown): error is LibraryError =>
  error instanceof ParseError || error instanceof TypeIssue || error instanceof EvaluationError;

function located(text: string, expression: string, position: number): string {
  const before = expression.slice(0, position).split('\n');
  const column = (before.at(-1) ?? '').length;
  const line = expression.split('\n')[before.length - 1] ?? '';
  return `<input>:${before.length}:${column + 1}: ${text}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

function syntaxIssue({ code, summary, range }: ParseError, expression: string): string {
  const start = range?.start ?? 0;
  const token = expression.slice(start, range?.end) || '<EOF>';
  switch (code) {
    case 'unexpected_token':
      return `Syntax error: mismatched input '${token}' expecting ${starts}`;
    case 'expected_token': {
      const wanted = /^Expected (\w+)/.exec(summary)?.[1] ?? '';
      if (wanted === 'IDENTIFIER') return `Syntax error: no viable alternative at input '.${token === '<EOF>' ? '' : token}'`;
      return token === '<EOF>'
        ? `Syntax error: mismatched input '<EOF>' expecting '${tokens[wanted] ?? wanted}'`
        : `Syntax error: missing '${tokens[wanted] ?? wanted}' at '${token}'`;
    }
    case 'unexpected_character':
      return summary.endsWith("'")
        ? `Syntax error: extraneous input '${token}' expecting <EOF>`
        : `Syntax error: token recognition error at: '${expression.slice(start, start + 2)}'`;
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return `Syntax error: token recognition error at: '${expression.slice(start)}'`;
    case 'reserved_identifier':
      return `reserved identifier: ${token}`;
    default:
      return `Syntax error: ${summary}`;
  }
}

function typeIssue({ code, summary }: LibraryError, node: Node | undefined, hasFunction: (name: string) => boolean): string {
  const [, first = '', second = ''] = /'([^']*)'(?:.*'([^']*)')?/.exec(summary) ?? [];
  switch (code) {
    case 'unknown_variable':
      return `undeclared reference to '${summary.slice('Unknown variable: '.length)}' (in container '')`;
    case 'no_such_key':
      return `undefined field '${summary.slice('No such key: '.length)}'`;
    case 'cannot_index_type':
      return node?.op === '.' || node?.op === '.?'
        ? `type '${typeName(first)}' does not support field selection`
        : `found no matching overload for '_[_]' applied to '(${typeName(first)}, int)'`;
    case 'no_such_overload':
      return operatorIssue(summary);
    case 'no_matching_overload':
      return functionIssue(first, hasFunction);
    case 'invalid_condition_type':
    case 'invalid_logical_operand':
      return `expected type 'bool' but found '${typeName(first)}'`;
    case 'incompatible_ternary_branches':
      return `found no matching overload for '_?_:_' applied to '(bool, ${typeName(first)}, ${typeName(second)})'`;
    case 'heterogeneous_list_element':
    case 'heterogeneous_map_key':
    case 'heterogeneous_map_value':
      return `expected type '${typeName(first)}' but found '${typeName(second)}'`;
    case 'invalid_comprehension_range':
      return `expression of type '${typeName(first)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
    case 'invalid_macro_argument':
      return summary.startsWith('has()') ? 'invalid argument to has() macro' : 'argument must be a simple name';
    default:
      return summary;
  }
}

function operatorIssue(summary: string): string {
  const binary = /^no such overload: (.+) (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) (.+)$/.exec(summary);
  if (binary) {
    const [, left = '', op = '', right = ''] = binary;
    return `found no matching overload for '${op === 'in' ? '@in' : `_${op}_`}' applied to '(${typeName(left)}, ${typeName(right)})'`;
  }
  const [, op = '', operand = ''] = /^no such overload: ([!-])(.+)$/.exec(summary) ?? [];
  return `found no matching overload for '${op}_' applied to '(${typeName(operand)})'`;
}

function functionIssue(call: string, hasFunction: (name: string) => boolean): string {
  const [, receiver, name = '', args = ''] = /^(?:(.+)\.)?(\w+)\((.*)\)$/.exec(call) ?? [];
  const shown = originalName(name);
  if (!hasFunction(name)) return `undeclared reference to '${shown}' (in container '')`;
  return `found no matching overload for '${shown}' applied to '${receiver ? `${typeName(receiver)}.` : ''}(${typeName(args)})'`;
}

export const originalName = (name: string): string => (name.startsWith(replacementPrefix) ? name.slice(replacementPrefix.length) : name);

/** Types as cel-go writes them. */
export const typeName = (name: string): string =>
  name
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replace(/\boptional</g, 'optional_type<')
    .replace(/\bobject\d+\b/g, 'object')
    .replaceAll('<', '(')
    .replaceAll('>', ')');

/** Operators are placed at their sign, calls at their parenthesis, selections at their dot. */
function positionOf({ range }: LibraryError, node: Node | undefined): number {
  if (!node) return range?.start ?? 0;
  const { input, op, args, start } = node;
  const after = (operand: unknown, sign: string): number => Math.max(start, input.indexOf(sign, (operand as Node).end));
  if (op === 'call') return Math.max(start, input.indexOf('(', start));
  if (op === 'rcall') return after((args as [string, Node])[1], '(');
  if (op === '.' || op === '.?') return after((args as [Node])[0], '.');
  if (op === '[]' || op === '[?]') return after((args as [Node])[0], '[');
  if (op === '?:') return after((args as [Node])[0], '?');
  if (Array.isArray(args) && args.length === 2 && !['list', 'map'].includes(op)) return after(args[0], op);
  return node.pos;
}

/** What went wrong with these values, in cel-go's words. */
export function runError(error: unknown): CelError {
  if (error instanceof CelError) return error;
  // Whatever an expression runs into is a failure of the expression.
  return new CelError('evaluate', isLibraryError(error) ? runText(error) : (error as Error).message, { cause: error });
}

function runText({ code, summary }: LibraryError): string {
  switch (code) {
    case 'no_such_key':
      return summary.includes('[object') ? 'no such overload' : `no such key: ${summary.slice('No such key: '.length)}`;
    case 'index_out_of_bounds':
      return `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ''}`;
    case 'no_such_overload':
    case 'no_matching_overload':
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return 'no such overload';
    case 'modulo_by_zero':
      return 'modulus by zero';
    case 'numeric_overflow':
      return summary.startsWith('Unsigned') ? 'unsigned integer overflow' : 'integer overflow';
    case 'unknown_variable':
      return `no such attribute(s): ${summary.slice('Unknown variable: '.length)}`;
    case 'optional_value_missing':
      return 'optional.none() dereference';
    default:
      return summary;
  }
}
