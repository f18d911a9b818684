/** kubectl's JSONPath templates, with its words for what is wrong. */
import { JsonPathError, JsonPathTemplate, type PathOptions } from '@t8s/meta';
import { Failure } from '../commands/failure.ts';
import { compactJson, goSyntax } from './go-json.ts';

/** A template read once, for many objects. Throws Failure on bad syntax. */
export class JsonPath {
  readonly #parsed: JsonPathTemplate;
  readonly #template: string;

  constructor(template: string, options?: PathOptions) {
    this.#template = template;
    try {
      this.#parsed = new JsonPathTemplate(template, options);
    } catch (error) {
      throw error instanceof JsonPathError ? new Failure(`error: error parsing jsonpath ${template}, ${error.message}`) : error;
    }
  }

  format(value: unknown): string {
    return this.#executed(value, () => this.#parsed.format(value, printed));
  }

  /** The values the template's paths lead to, in order: for sorting, columns and conditions. */
  values(value: unknown): unknown[] {
    return this.#executed(value, () => this.#parsed.values(value));
  }

  #executed<T>(value: unknown, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new Failure(
        `error: error executing jsonpath ${JSON.stringify(this.#template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n`,
      );
    }
  }
}

const printed = (value: unknown): string =>
  typeof value === 'object' && value !== null ? compactJson(value) : value === null ? '' : String(value);

/** `.metadata.name`, `metadata.name` and `{.metadata.name}` are one path: what --sort-by and custom columns take. */
export function relaxedPath(text: string): string {
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  return `{${/^[.[$@]/.test(bare) ? bare : `.${bare}`}}`;
}
