/** Where a webhook is reached: apiserver's webhook validation; admission and conversion share it. */
import { type FieldError, invalidValue, isDns1123Subdomain, isPortNumber, required } from '@t8s/meta';
import { requiredText } from './field-checks.ts';

interface WebhookClient {
  url?: string;
  service?: { name?: string; namespace?: string; path?: string; port?: number };
}

export function validateWebhookClient({ url, service }: WebhookClient, path: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  return url === undefined ? validateService(service ?? {}, `${path}.service`) : validateUrl(url, `${path}.url`);
}

const form = '; desired format: https://host[/path]';

/** Split as RFC 3986 does, so that what is empty stays empty. */
function validateUrl(url: string, path: string): FieldError[] {
  const [, scheme = '', , authority = '', , query = '', fragment = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const [user, host] = at < 0 ? [undefined, authority] : [authority.slice(0, at), authority.slice(at + 1)];
  return [
    ...(scheme.toLowerCase() === 'https'
      ? []
      : [invalidValue(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`)]),
    ...(host === '' ? [invalidValue(path, host, `host must be specified${form}`)] : []),
    ...(user === undefined ? [] : [invalidValue(path, user, 'user information is not permitted in the URL')]),
    ...(fragment === '' ? [] : [invalidValue(path, fragment, 'fragments are not permitted in the URL')]),
    ...(query === '' ? [] : [invalidValue(path, query, 'query parameters are not permitted in the URL')]),
  ];
}

function validateService({ name, namespace, path: urlPath, port = 0 }: NonNullable<WebhookClient['service']>, path: string): FieldError[] {
  const portErrors = isPortNumber(port);
  return [
    ...requiredText(`${path}.name`, name),
    ...requiredText(`${path}.namespace`, namespace),
    ...(portErrors.length === 0 ? [] : [invalidValue(`${path}.port`, port, `port is not valid: ${portErrors.join(',')}`)]),
    ...(urlPath === undefined ? [] : validatePath(urlPath, `${path}.path`)),
  ];
}

function validatePath(urlPath: string, path: string): FieldError[] {
  if (urlPath === '' || urlPath === '/') return [];
  if (urlPath === '//') return [invalidValue(path, urlPath, 'segment[0] may not be empty')];
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  return [
    ...(urlPath.startsWith('/') ? [] : [invalidValue(path, urlPath, "must start with a '/'")]),
    ...steps.flatMap((step, i) =>
      step === ''
        ? [invalidValue(path, urlPath, `segment[${i}] may not be empty`)]
        : isDns1123Subdomain(step).map((message) => invalidValue(path, urlPath, `segment[${i}]: ${message}`)),
    ),
  ];
}
