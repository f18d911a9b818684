/** A Go template over JSON data, as `-o go-template=…` has it. */
import { Failure } from '../../commands/failure.ts';
import { goText } from '../go-text.ts';
import { functions, isTrue } from './functions.ts';
import { type Node, type Operand, type Pipe, parseTemplate } from './parse.ts';
import { TemplateError } from './template-error.ts';

/** How a loop is left. */
class Leaving extends Error {
  readonly goesOn: boolean;

  constructor(goesOn: boolean) {
    super();
    this.goesOn = goesOn;
  }
}

export class GoTemplate {
  readonly #text: string;
  readonly #nodes: readonly Node[];
  readonly #allowMissing: boolean;

  /** Throws Failure on bad syntax. */
  constructor(text: string, { allowMissing }: { allowMissing: boolean }) {
    this.#text = text;
    this.#allowMissing = allowMissing;
    try {
      this.#nodes = parseTemplate(text);
    } catch (error) {
      throw error instanceof TemplateError
        ? new Failure(`error: error parsing template ${text}, template: output:1: ${error.message}`)
        : error;
    }
  }

  format(data: unknown): string {
    try {
      return new Run(data, this.#allowMissing).nodes(this.#nodes, data, new Scope(undefined));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new Failure(
        `Error executing template: template: output:1: executing "output": ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\traw data was:\n\t\t${JSON.stringify(data)}\n\tobject given to template engine was:\n\t\t${goText(data)}\n\n`,
      );
    }
  }
}

/** Variables, each seen from where it is declared to the end of its block. */
class Scope {
  readonly #outer: Scope | undefined;
  readonly #values = new Map<string, unknown>();

  constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  declare(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  holder(name: string): Map<string, unknown> | undefined {
    return this.#values.has(name) ? this.#values : this.#outer?.holder(name);
  }
}

class Run {
  readonly #root: unknown;
  readonly #allowMissing: boolean;

  constructor(root: unknown, allowMissing: boolean) {
    this.#root = root;
    this.#allowMissing = allowMissing;
  }

  nodes(nodes: readonly Node[], dot: unknown, scope: Scope): string {
    return nodes.map((node) => this.#node(node, dot, scope)).join('');
  }

  #node(node: Node, dot: unknown, scope: Scope): string {
    switch (node.type) {
      case 'text':
        return node.text;
      case 'action': {
        const value = this.#pipe(node.pipe, dot, scope);
        return node.pipe.variables.length > 0 ? '' : shown(value);
      }
      case 'break':
      case 'continue':
        throw new Leaving(node.type === 'continue');
      case 'range':
        return this.#range(node, dot, scope);
      default: {
        const inner = new Scope(scope);
        const value = this.#pipe(node.pipe, dot, inner);
        if (!isTrue(value)) return this.nodes(node.otherwise, dot, inner);
        return this.nodes(node.body, node.type === 'with' ? value : dot, inner);
      }
    }
  }

  #range({ pipe, body, otherwise }: Extract<Node, { body: Node[] }>, dot: unknown, scope: Scope): string {
    const { variables, commands, declares } = pipe;
    const value = this.#pipe({ variables: [], declares, commands }, dot, scope);
    const items = itemsOf(value);
    if (items.length === 0) return this.nodes(otherwise, dot, new Scope(scope));
    let text = '';
    for (const [key, item] of items) {
      const inner = new Scope(scope);
      const names = variables.length === 2 ? [key, item] : [item];
      for (const [i, name] of variables.entries()) inner.declare(name, names[i]);
      try {
        for (const node of body) text += this.#node(node, item, inner);
      } catch (error) {
        if (!(error instanceof Leaving)) throw error;
        if (!error.goesOn) break;
      }
    }
    return text;
  }

  #pipe({ variables, declares, commands }: Pipe, dot: unknown, scope: Scope): unknown {
    let value: unknown;
    for (const [i, command] of commands.entries()) value = this.#command(command, { dot, scope, piped: i === 0 ? [] : [value] });
    for (const name of variables) {
      const holder = declares ? undefined : scope.holder(name);
      if (!declares && !holder) throw new TemplateError(`undefined variable: ${name}`);
      if (holder) holder.set(name, value);
      else scope.declare(name, value);
    }
    return value;
  }

  #command([first, ...rest]: readonly Operand[], { dot, scope, piped }: { dot: unknown; scope: Scope; piped: unknown[] }): unknown {
    if (!first) return undefined;
    const read = (operand: Operand): unknown => this.#operand(operand, dot, scope);
    if (first.type !== 'function') {
      if (rest.length > 0 || piped.length > 0) throw new TemplateError(`can't give argument to non-function`);
      return read(first);
    }
    if (first.name === 'and' || first.name === 'or') {
      let value: unknown;
      for (const argument of [...rest.map((operand) => () => read(operand)), ...piped.map((one) => () => one)]) {
        value = argument();
        if (isTrue(value) === (first.name === 'or')) return value;
      }
      return value;
    }
    const call = functions[first.name];
    if (!call) throw new TemplateError(`function ${JSON.stringify(first.name)} not defined`);
    return call(...rest.map(read), ...piped);
  }

  #operand(operand: Operand, dot: unknown, scope: Scope): unknown {
    switch (operand.type) {
      case 'literal':
        return operand.value;
      case 'dot':
        return this.#fields(dot, operand.path);
      case 'variable': {
        if (operand.name === '$') return this.#fields(this.#root, operand.path);
        const holder = scope.holder(operand.name);
        if (!holder) throw new TemplateError(`undefined variable: ${operand.name}`);
        return this.#fields(holder.get(operand.name), operand.path);
      }
      case 'pipe':
        return this.#fields(this.#pipe(operand.pipe, dot, scope), operand.path);
      default:
        return this.#command([operand], { dot, scope, piped: [] });
    }
  }

  #fields(value: unknown, path: readonly string[]): unknown {
    let at = value;
    for (const name of path) {
      if (at === undefined || at === null) return undefined;
      if (typeof at !== 'object' || Array.isArray(at)) throw new TemplateError(`can't evaluate field ${name} in type interface {}`);
      at = (at as Record<string, unknown>)[name];
      if (at === undefined && !this.#allowMissing) throw new TemplateError(`map has no entry for key ${JSON.stringify(name)}`);
    }
    return at;
  }
}

const shown = (value: unknown): string => (value === undefined || value === null ? '<no value>' : goText(value));

/** Keys of maps in order. */
function itemsOf(value: unknown): [unknown, unknown][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw new TemplateError(`range can't iterate over ${goText(value)}`);
}
