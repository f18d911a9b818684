/** The pod's volumes: exactly one source each. */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  parseQuantity,
  required,
} from '@t8s/meta';
import { invalidBy, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { HostPathVolumeSource, Volume } from '../../generated/types.ts';
import { validateClaimTemplate } from './validate-claim-template.ts';
import { legacySources } from './validate-legacy-volumes.ts';
import { withoutBacksteps } from './validate-paths.ts';
import {
  validateConfigMapVolume,
  validateDownwardApiVolume,
  validateProjectedVolume,
  validateSecretVolume,
} from './validate-projected-volumes.ts';

type SourceName = Exclude<keyof Volume, 'name'>;
type SourceRule<S extends SourceName> = (source: NonNullable<Volume[S]>, path: string) => FieldError[];
/** A rule for each source, in the order upstream looks at them. */
export type SourceRules<K extends SourceName = SourceName> = { [S in K]: SourceRule<S> };

const hostPathTypes = ['', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'];

const rules: SourceRules = {
  emptyDir: ({ sizeLimit }, path) =>
    sizeLimit !== undefined && parseQuantity(sizeLimit).nano < 0n
      ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: validateHostPath,
  secret: validateSecretVolume,
  configMap: validateConfigMapVolume,
  downwardAPI: validateDownwardApiVolume,
  projected: validateProjectedVolume,
  persistentVolumeClaim: ({ claimName }, path) => requiredText(`${path}.claimName`, claimName),
  csi: ({ driver = '', nodePublishSecretRef: secret }, path) => [
    ...validateDriverName(driver, `${path}.driver`),
    ...(secret
      ? secret.name
        ? invalidBy(`${path}.name`, secret.name, isDns1123Subdomain(secret.name))
        : [required(`${path}.nodePublishSecretRef.name`)]
      : []),
  ],
  ephemeral: ({ volumeClaimTemplate: template }, path) =>
    template ? validateClaimTemplate(template, `${path}.volumeClaimTemplate`) : [required(`${path}.volumeClaimTemplate`)],
  image: ({ pullPolicy }, path) => optionalOneOf(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never']),
  ...legacySources,
};
const sourceNames = Object.keys(rules) as SourceName[];

/** The valid volumes by name, and what is wrong with the others. `podName`: of a real pod, not of a template. */
export function validateVolumes(
  volumes: readonly Volume[],
  podName: string | undefined,
  path: string,
): { valid: Map<string, Volume>; errors: FieldError[] } {
  const valid = new Map<string, Volume>();
  const errors: FieldError[] = [];
  const created = podName ? volumes.filter((v) => v.ephemeral).map((v) => `${podName}-${v.name}`) : [];
  for (const [i, volume] of volumes.entries()) {
    const at = `${path}[${i}]`;
    const own = validateSource(volume, podName, at);
    own.push(...(volume.name === '' ? [required(`${at}.name`)] : invalidBy(`${at}.name`, volume.name, isDns1123Label(volume.name))));
    if (valid.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name));
    if (own.length === 0) valid.set(volume.name, volume);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created.includes(claim))
      errors.push(
        invalidValue(`${at}.persistentVolumeClaim.claimName`, claim, 'must not reference a PVC that gets created for an ephemeral volume'),
      );
  }
  return { valid, errors };
}

function validateSource(volume: Volume, podName: string | undefined, path: string): FieldError[] {
  const [first, ...more] = sourceNames.filter((name) => volume[name] !== undefined);
  if (first === undefined) return [required(path, 'must specify a volume type')];
  const errors = applyRule(first, volume, `${path}.${first}`);
  for (const name of more) errors.push(forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type'));
  const { iscsi } = volume;
  if (iscsi?.initiatorName !== undefined && `${volume.name}:${iscsi.targetPortal}`.length > 64)
    errors.push(
      invalidValue(
        `${path}.name`,
        volume.name,
        'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
      ),
    );
  if (first === 'ephemeral' && podName && volume.name !== '') {
    const claim = `${podName}-${volume.name}`;
    errors.push(
      ...isDns1123Subdomain(claim).map((message) => invalidValue(`${path}.name`, volume.name, `PVC name "${claim}": ${message}`)),
    );
  }
  return errors;
}

function applyRule<K extends SourceName>(name: K, volume: Volume, path: string): FieldError[] {
  const source = volume[name];
  const rule: SourceRule<K> = rules[name];
  return source === undefined ? [] : rule(source, path);
}

export function validateHostPath({ path: hostPath, type }: HostPathVolumeSource, path: string): FieldError[] {
  if (!hostPath) return [required(`${path}.path`)];
  return [...withoutBacksteps(`${path}.path`, hostPath), ...optionalOneOf(`${path}.type`, type, hostPathTypes)];
}

/** The name of a CSI driver. */
export function validateDriverName(driver: string, path: string): FieldError[] {
  return [
    ...requiredText(path, driver),
    ...(driver.length > 63 ? [{ type: 'TooLong' as const, field: path, detail: 'may not be more than 63 bytes' }] : []),
    ...invalidBy(path, driver, isDns1123Subdomain(driver.toLowerCase())),
  ];
}
