import { type FieldError, invalidValue, isConfigMapKey, jsonSyntaxError, required, tooLong } from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { Secret } from '../../generated/types.ts';
import { decodedLength, maxDataSize } from '../config-map/validate.ts';

export function validateSecret(secret: Secret): FieldError[] {
  const entries = Object.entries(secret.data ?? {});
  const size = entries.reduce((sum, [, value]) => sum + decodedLength(value), 0);
  return [
    ...entries.flatMap(([key]) => invalidBy(`data[${key}]`, key, isConfigMapKey(key))),
    ...(size > maxDataSize ? [tooLong('data', maxDataSize)] : []),
    ...validateType(secret),
  ];
}

/** What the well-known types must hold. */
function validateType({ type, data = {}, metadata }: Secret): FieldError[] {
  const missing = (...keys: string[]): FieldError[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const name = 'kubernetes.io/service-account.name';
      return metadata.annotations?.[name] ? [] : [required(`metadata.annotations[${name}]`)];
    }
    case 'kubernetes.io/dockercfg':
      return dockerConfig(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return dockerConfig(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      const both = missing('username', 'password');
      return both.length === 2 ? both : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function dockerConfig(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const value = data[key];
  if (value === undefined) return [required(`data[${key}]`)];
  const error = notAnObject(Buffer.from(value, 'base64').toString());
  return error === undefined ? [] : [invalidValue(`data[${key}]`, '<secret contents redacted>', error)];
}

function notAnObject(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
  } catch (error) {
    if (error instanceof SyntaxError) return jsonSyntaxError(text);
    throw error;
  }
}
