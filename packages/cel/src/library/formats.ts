/** Kubernetes' format library: named formats of strings, and what stands against a string. */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '@t8s/meta';
import { parseTimestamp } from './timestamps.ts';
import { Url } from './urls.ts';

/** Gives messages; none if the string is valid. */
type Validate = (text: string) => string[];

/** A generated name follows a prefix, which may thus end in a dash. */
const prefix =
  (validate: Validate): Validate =>
  (text) =>
    validate(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

const pattern =
  (expression: RegExp, message: string): Validate =>
  (text) =>
    expression.test(text) ? [] : [message];

function isTime(text: string): boolean {
  try {
    return parseTimestamp(text) instanceof Date;
  } catch {
    // Not a time: that is the answer.
    return false;
  }
}

const formats: Readonly<Record<string, Validate>> = {
  dns1123Label: isDns1123Label,
  dns1123Subdomain: isDns1123Subdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: prefix(isDns1123Label),
  dns1123SubdomainPrefix: prefix(isDns1123Subdomain),
  dns1035LabelPrefix: prefix(isDns1035Label),
  labelValue: isLabelValue,
  uri: (text) => (Url.tryParse(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`]),
  uuid: pattern(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, 'does not match the UUID format'),
  byte: pattern(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/, 'invalid base64'),
  date: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) && isTime(text) ? [] : ['invalid date']),
  datetime: (text) => (text.includes('T') && isTime(text) ? [] : ['invalid datetime']),
};

class Format {
  readonly validate: Validate;

  constructor(validate: Validate) {
    this.validate = validate;
  }
}

export function registerFormats(env: Environment): void {
  class Formats {}
  const type = 'kubernetes.NamedFormat';
  const sync = { async: false };
  const known = new Map(Object.entries(formats).map(([name, validate]) => [name, new Format(validate)]));
  const validate = (format: Format, text: string): Optional<string[]> => {
    const errors = format.validate(text);
    return errors.length === 0 ? Optional.none() : Optional.of(errors);
  };
  env
    .registerType(type, { ctor: Format })
    .registerType('format', { ctor: Formats })
    .registerConstant('format', 'format', new Formats())
    .registerFunction(`format.named(string): optional<${type}>`, (_: Formats, name: string) => Optional.of(known.get(name)), sync)
    .registerFunction(`${type}.validate(string): optional<list<string>>`, validate, sync);
  for (const [name, format] of known) env.registerFunction(`format.${name}(): ${type}`, () => format, sync);
}
