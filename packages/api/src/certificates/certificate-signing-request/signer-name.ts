/** Who is asked to sign: `<domain>/<path>`, long enough for `<domain>/<namespace>.<name>`. */
import { type FieldError, invalidValue, isDns1123Label, isDns1123Subdomain, required, tooLong } from '@t8s/meta';

const longest = { domain: 253, name: 253 + 1 + 253 + 63 + 1 };

export function validateSignerName(path: string, name: string): FieldError[] {
  if (name === '') return [required(path, 'signerName must be provided')];
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0)
    return [invalidValue(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  return [
    ...(domain.length > longest.domain ? [tooLong(path, longest.domain)] : []),
    ...firstBadLabel(domain, isDns1123Label, path),
    ...(domain.includes('.') ? [] : [invalidValue(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...firstBadLabel(rest, isDns1123Subdomain, path),
    ...(name.length > longest.name ? [tooLong(path, longest.name)] : []),
  ];
}

/** More of them would say the same. */
function firstBadLabel(text: string, check: (label: string) => string[], path: string): FieldError[] {
  const bad = text.split('.').find((label) => check(label).length > 0);
  return bad === undefined
    ? []
    : check(bad).map((message) => invalidValue(path, text, `validating label ${JSON.stringify(bad)}: ${message}`));
}
