/** Where a container sees the pod's volumes. */
import { type FieldError, forbiddenField, invalidValue, notFoundValue, notSupported } from '@t8s/meta';
import { each, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { Container, EphemeralContainer, Volume, VolumeDevice, VolumeMount } from '../../generated/types.ts';
import { descendingPath, withoutBacksteps } from './validate-paths.ts';

interface Places {
  mounts: readonly VolumeMount[];
  devices: readonly VolumeDevice[];
  volumes: ReadonlyMap<string, Volume>;
}

export function validateVolumeMounts(
  { mounts, devices, volumes, container }: Places & { container: Container | EphemeralContainer },
  path: string,
): FieldError[] {
  const taken = new Set<string>();
  return each(mounts, (mount, i) => {
    const { name, mountPath, subPath = '', subPathExpr = '' } = mount;
    const at = `${path}[${i}]`;
    const errors = requiredText(`${at}.name`, name);
    if (!volumes.has(name)) errors.push(notFoundValue(`${at}.name`, name));
    errors.push(...requiredText(`${at}.mountPath`, mountPath));
    if (taken.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'));
    taken.add(mountPath);
    if (devices.some((device) => device.name === name))
      errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some((device) => device.devicePath === mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    errors.push(...descendingPath(`${path}.subPath`, subPath));
    if (subPathExpr !== '' && subPath !== '')
      errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    errors.push(...descendingPath(`${path}.subPathExpr`, subPathExpr));
    errors.push(...validatePropagation(mount, container.securityContext?.privileged === true, `${path}.mountPropagation`));
    errors.push(...validateRecursiveReadOnly(mount, `${path}.recursiveReadOnly`));
    return errors;
  });
}

export function validateVolumeDevices({ mounts, devices, volumes }: Places, path: string): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  return devices.flatMap(({ name, devicePath }, i) => {
    const at = `${path}[${i}]`;
    const volume = volumes.get(name);
    const errors = requiredText(`${at}.name`, name);
    if (names.has(name)) errors.push(invalidValue(`${at}.name`, name, 'must be unique'));
    if (volume === undefined) errors.push(notFoundValue(`${at}.name`, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(invalidValue(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    errors.push(...requiredText(`${at}.devicePath`, devicePath));
    if (paths.has(devicePath)) errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must be unique'));
    if (withoutBacksteps(at, devicePath).length > 0)
      errors.push(invalidValue(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeMounts'));
    if (mounts.some((mount) => mount.mountPath === devicePath))
      errors.push(invalidValue(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
    return errors;
  });
}

function validatePropagation({ mountPropagation }: VolumeMount, privileged: boolean, path: string): FieldError[] {
  const errors = optionalOneOf(path, mountPropagation, ['Bidirectional', 'HostToContainer', 'None']);
  if (mountPropagation === 'Bidirectional' && !privileged)
    errors.push(forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers'));
  return errors;
}

function validateRecursiveReadOnly({ recursiveReadOnly: mode, readOnly, mountPropagation }: VolumeMount, path: string): FieldError[] {
  if (mode === undefined || mode === 'Disabled') return [];
  if (mode !== 'Enabled' && mode !== 'IfPossible') return [notSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible'])];
  return [
    ...(readOnly ? [] : [forbiddenField(path, 'may only be specified when readOnly is true')]),
    ...((mountPropagation ?? 'None') === 'None'
      ? []
      : [forbiddenField(path, 'may only be specified when mountPropagation is None or not specified')]),
  ];
}
