/** Field selectors: `status.phase=Running,metadata.name!=x`. Which fields a kind offers is the kind's business. */
import { badRequest } from './errors.ts';

export interface FieldRequirement {
  field: string;
  operator: '=' | '!=';
  value: string;
}

export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  get empty(): boolean {
    return this.requirements.length === 0;
  }

  /** `fields` holds every selectable field of the object; an absent one counts as ''. */
  matches(fields: Readonly<Record<string, string>>): boolean {
    return this.requirements.every(({ field, operator, value }) => {
      const found = Object.hasOwn(fields, field) ? fields[field] : '';
      return (found === value) === (operator === '=');
    });
  }

  /** The value that `field` must equal, if one is required: lets lists find the single object or use an index. */
  exact(field: string): string | undefined {
    return this.requirements.find((r) => r.field === field && r.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map((r) => `${r.field}${r.operator}${r.value.replaceAll(/[\\,=]/g, '\\$&')}`).join(',');
  }
}

/** Reads the text form; `\\,`, `\\=` and `\\\\` are escapes in values. Throws badRequest in the words of apimachinery's `fields` package. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = (text.match(/(?:\\.?|[^,\\])+/g) ?? []).sort();
  return new FieldSelector(
    terms.map((term) => {
      const at = term.search(/!=|=/);
      if (at < 0) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const sign = /^(?:!=|==|=)/.exec(term.slice(at))?.[0] ?? '';
      return { field: term.slice(0, at), operator: sign === '!=' ? '!=' : '=', value: unescaped(term.slice(at + sign.length)) };
    }),
  );
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.?)|=/gs, (sequence, escaped: string | undefined) => {
    // Upstream prints the number of the character.
    if (escaped === undefined) throw badRequest('invalid field selector: unescaped character in value: 61');
    if (escaped === '' || !'\\,='.includes(escaped)) throw badRequest(`invalid field selector: invalid escape sequence: ${sequence}`);
    return escaped;
  });
}
