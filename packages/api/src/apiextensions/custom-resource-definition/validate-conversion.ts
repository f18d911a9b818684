import { X509Certificate } from 'node:crypto';
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1035Label,
  isDns1123Subdomain,
  isPortNumber,
  notSupportedInOrder,
  required,
} from '@t8s/meta';
import { requiredText } from '../../field-checks.ts';
import type { ApiextensionsServiceReference, CustomResourceDefinitionSpec, WebhookConversion } from '../../generated/types.ts';

const strategies = ['None', 'Webhook'];
const reviewVersions = ['v1', 'v1beta1'];
const path = 'spec.conversion';

/** How objects get from one version to another. */
export function validateConversion({ conversion, preserveUnknownFields }: CustomResourceDefinitionSpec): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  return [
    ...(preserveUnknownFields && strategy !== 'None'
      ? [invalidValue(`${path}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true')]
      : []),
    ...(strategy ? [] : [required(`${path}.strategy`)]),
    ...(strategy && !strategies.includes(strategy) ? [notSupportedInOrder(`${path}.strategy`, strategy, strategies)] : []),
    ...(strategy === 'Webhook' ? validateWebhook(webhook) : unwanted(webhook)),
  ];
}

function unwanted(webhook: WebhookConversion | undefined): FieldError[] {
  const why = 'should not be set when strategy is not set to Webhook';
  return [
    ...(webhook?.clientConfig ? [forbiddenField(`${path}.webhookClientConfig`, why)] : []),
    ...(webhook?.conversionReviewVersions?.length ? [forbiddenField(`${path}.conversionReviewVersions`, why)] : []),
  ];
}

function validateWebhook(webhook: WebhookConversion | undefined): FieldError[] {
  const at = `${path}.webhookClientConfig`;
  const config = webhook?.clientConfig;
  const client = !config
    ? [required(at, 'required when strategy is set to Webhook')]
    : (config.url === undefined) === (config.service === undefined)
      ? [required(at, 'exactly one of url or service is required')]
      : config.url === undefined
        ? validateService(config.service, `${at}.service`)
        : validateUrl(config.url, `${at}.url`);
  return [...client, ...validateReviewVersions(webhook?.conversionReviewVersions ?? [])];
}

const form = '; desired format: https://host[/path]';

function validateUrl(text: string, at: string): FieldError[] {
  // Not URL: it takes what Go's parser refuses, and says less of what is there.
  const [, scheme = '', user, host = '', , query, fragment] =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  return [
    ...(scheme.toLowerCase() === 'https' ? [] : [invalidValue(at, scheme, `'https' is the only allowed URL scheme${form}`)]),
    ...(host === '' ? [invalidValue(at, host, `host must be specified${form}`)] : []),
    ...(user === undefined ? [] : [invalidValue(at, user, 'user information is not permitted in the URL')]),
    ...(fragment ? [invalidValue(at, fragment, 'fragments are not permitted in the URL')] : []),
    ...(query ? [invalidValue(at, query, 'query parameters are not permitted in the URL')] : []),
  ];
}

function validateService(service: ApiextensionsServiceReference | undefined, at: string): FieldError[] {
  const { name, namespace, path: urlPath, port = 443 } = service ?? { name: '', namespace: '' };
  const problems = isPortNumber(port);
  return [
    ...requiredText(`${at}.name`, name),
    ...requiredText(`${at}.namespace`, namespace),
    ...(problems.length > 0 ? [invalidValue(`${at}.port`, port, `port is not valid: ${problems.join(', ')}`)] : []),
    ...validatePath(urlPath ?? '', `${at}.path`),
  ];
}

function validatePath(urlPath: string, at: string): FieldError[] {
  if (urlPath === '' || urlPath === '/') return [];
  if (urlPath === '//') return [invalidValue(at, urlPath, 'segment[0] may not be empty')];
  const segments = urlPath.slice(1).replace(/\/$/, '').split('/');
  return [
    ...(urlPath.startsWith('/') ? [] : [invalidValue(at, urlPath, "must start with a '/'")]),
    ...segments.flatMap((segment, i) =>
      segment === ''
        ? [invalidValue(at, urlPath, `segment[${i}] may not be empty`)]
        : isDns1123Subdomain(segment).map((problem) => invalidValue(at, urlPath, `segment[${i}]: ${problem}`)),
    ),
  ];
}

function validateReviewVersions(versions: readonly string[]): FieldError[] {
  const at = `${path}.conversionReviewVersions`;
  if (versions.length === 0) return [required(at)];
  const isKnown = versions.some((version) => reviewVersions.includes(version));
  return [
    ...versions.flatMap((version, i) =>
      versions.indexOf(version) < i
        ? [invalidValue(`${at}[${i}]`, version, 'duplicate version')]
        : isDns1035Label(version).map((problem) => invalidValue(`${at}[${i}]`, version, problem)),
    ),
    ...(isKnown ? [] : [invalidValue(at, versions, `must include at least one of ${reviewVersions.join(', ')}`)]),
  ];
}

/** A bundle that once was good, or is new to a definition in use, must hold certificates. */
export function validateCaBundle({ conversion }: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec): FieldError[] {
  const [bundle, before] = [bundleOf(conversion), bundleOf(old.conversion)];
  if (conversion?.strategy !== 'Webhook' || bundle === '' || holdsCertificates(bundle)) return [];
  if (before !== '' && !holdsCertificates(before)) return [];
  const why = 'unable to load root certificates: unable to parse bytes as PEM block';
  return [invalidValue(`${path}.webhookClientConfig.caBundle`, bundle, why)];
}

const bundleOf = (conversion: CustomResourceDefinitionSpec['conversion']): string => conversion?.webhook?.clientConfig?.caBundle ?? '';

function holdsCertificates(bundle: string): boolean {
  try {
    return new X509Certificate(Buffer.from(bundle, 'base64')).raw.length > 0;
  } catch (error) {
    // Node says no more than that it is none.
    if (error instanceof Error) return false;
    throw error;
  }
}
