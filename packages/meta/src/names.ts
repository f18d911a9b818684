/**
 * What names, labels and keys may look like. Each function returns the messages of apimachinery's `validation` package (v1.34);
 * none means valid.
 */
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualified})?`;

const fully = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const patterns = {
  label: fully(label),
  subdomain: fully(subdomain),
  label1035: fully(label1035),
  qualified: fully(qualified),
  labelValue: fully(labelValue),
  configKey: /^[-._a-zA-Z0-9]+$/,
};

/** What a field that fails `regex` is told. */
export function regexError(message: string, regex: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${regex}')`;
  return `${message} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${regex}')`;
}

export const maxLengthError = (length: number): string => `must be no more than ${length} characters`;

export const isDns1123Label = checker(
  63,
  patterns.label,
  regexError(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    label,
    'my-name',
    '123-abc',
  ),
);

export const isDns1123Subdomain = checker(
  253,
  patterns.subdomain,
  regexError(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    subdomain,
    'example.com',
  ),
);

export const isDns1035Label = checker(
  63,
  patterns.label1035,
  regexError(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    label1035,
    'my-name',
    'abc-123',
  ),
);

/** A label key, annotation key (lower-cased by the caller), finalizer or resource name: `[prefix/]name`. */
export function isQualifiedName(value: string): string[] {
  // Nearly all.
  if (value.length <= 63 && patterns.qualified.test(value)) return [];
  const parts = value.split('/');
  const message = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const errors: string[] = [];
  let name = parts[0] ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    name = parts[1] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...isDns1123Subdomain(prefix).map((e) => `prefix part ${e}`));
  } else if (parts.length > 2) {
    return [
      `a qualified name ${regexError(message, qualified, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${maxLengthError(63)}`);
  if (!patterns.qualified.test(name)) errors.push(`name part ${regexError(message, qualified, 'MyName', 'my.name', '123-abc')}`);
  return errors;
}

export const isLabelValue = checker(
  63,
  patterns.labelValue,
  regexError(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    labelValue,
    'MyValue',
    'my_value',
    '12345',
  ),
);

const checkConfigKey = checker(
  253,
  patterns.configKey,
  regexError(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    '[-._a-zA-Z0-9]+',
    'key.name',
    'KEY_NAME',
    'key-name',
  ),
);

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): string[] {
  const errors = checkConfigKey(value);
  if (value === '.') errors.push("must not be '.'");
  else if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

/** An object name that becomes a path segment (ConfigMap-like kinds use subdomain rules instead). */
export function isPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((c) => value.includes(c)).map((c) => `may not contain '${c}'`);
}

/** A port number of a container, service or probe. */
export function isPortNumber(value: number): string[] {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** A port name (IANA_SVC_NAME). */
export function isPortName(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLengthError(15));
  if (!/^[-a-z0-9]+$/.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** Most values are fine, and every object has many: the words for those that aren't are put together once. */
function checker(max: number, pattern: RegExp, message: string): (value: string) => string[] {
  return (value) => {
    const errors = value.length > max ? [maxLengthError(max)] : [];
    if (!pattern.test(value)) errors.push(message);
    return errors;
  };
}
