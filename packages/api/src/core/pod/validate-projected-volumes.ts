/** Volumes made of API objects: Secret, ConfigMap, the pod itself, tokens. */
import { type FieldError, forbiddenField, invalidValue, required } from '@t8s/meta';
import { all, each, requiredText } from '../../field-checks.ts';
import type {
  ConfigMapProjection,
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  SecretProjection,
  SecretVolumeSource,
  ServiceAccountTokenProjection,
} from '../../generated/types.ts';
import { validateFieldRef, validateResourceFieldRef } from './validate-env.ts';
import { fileInVolume, fileMode } from './validate-paths.ts';

const fieldPaths = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid'];

export function validateSecretVolume({ secretName, defaultMode, items }: SecretVolumeSource, path: string): FieldError[] {
  return [
    ...requiredText(`${path}.secretName`, secretName),
    ...fileMode(`${path}.defaultMode`, defaultMode),
    ...validateItems(items, path),
  ];
}

export function validateConfigMapVolume({ name, defaultMode, items }: ConfigMapVolumeSource, path: string): FieldError[] {
  return [...requiredText(`${path}.name`, name), ...fileMode(`${path}.defaultMode`, defaultMode), ...validateItems(items, path)];
}

export function validateDownwardApiVolume({ defaultMode, items = [] }: DownwardAPIVolumeSource, path: string): FieldError[] {
  return [...fileMode(`${path}.defaultMode`, defaultMode), ...items.flatMap((item) => validateDownwardApiFile(item, path))];
}

export function validateProjectedVolume({ defaultMode, sources = [] }: ProjectedVolumeSource, path: string): FieldError[] {
  const errors = fileMode(`${path}.defaultMode`, defaultMode);
  const paths = new Set<string>();
  const takePath = (file: string, culprit: string): void => {
    if (file === '') return;
    if (paths.has(file)) errors.push(invalidValue(path, culprit, 'conflicting duplicate paths'));
    paths.add(file);
  };
  const takeFiles = ({ name = '', items = [] }: SecretProjection | ConfigMapProjection, at: string): void => {
    errors.push(...requiredText(`${at}.name`, name), ...validateItems(items, at));
    for (const item of items) takePath(item.path, name);
  };
  for (const [i, { secret, configMap, downwardAPI, serviceAccountToken }] of sources.entries()) {
    const at = `${path}.sources[${i}]`;
    if (secret) takeFiles(secret, `${at}.secret`);
    if (configMap) takeFiles(configMap, `${at}.configMap`);
    for (const item of downwardAPI?.items ?? []) {
      errors.push(...validateDownwardApiFile(item, `${at}.downwardAPI`));
      takePath(item.path, item.path);
    }
    if (serviceAccountToken) errors.push(...validateToken(serviceAccountToken, `${at}.serviceAccountToken`, `${path}.path`));
    if ([secret, configMap, downwardAPI, serviceAccountToken].filter(Boolean).length > 1)
      errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

function validateToken(
  { expirationSeconds = 3600, path: file }: ServiceAccountTokenProjection,
  path: string,
  filePath: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (expirationSeconds < 600)
    errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds > 2 ** 32)
    errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  errors.push(...(file === '' ? [required(filePath)] : fileInVolume(filePath, file)));
  return errors;
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string): FieldError[] {
  return each(items, ({ key, path: file, mode }, i) => {
    const at = `${path}.items[${i}]`;
    return all(
      requiredText(`${at}.key`, key),
      requiredText(`${at}.path`, file),
      fileInVolume(`${at}.path`, file),
      fileMode(`${at}.mode`, mode),
    );
  });
}

function validateDownwardApiFile({ path: file, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile, path: string): FieldError[] {
  const errors = all(requiredText(`${path}.path`, file), fileInVolume(`${path}.path`, file));
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, fieldPaths, `${path}.fieldRef`));
    if (resourceFieldRef) errors.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (resourceFieldRef) {
    errors.push(...validateResourceFieldRef(resourceFieldRef, true, `${path}.resourceFieldRef`));
  } else {
    errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  }
  errors.push(...fileMode(`${path}.mode`, mode));
  return errors;
}
