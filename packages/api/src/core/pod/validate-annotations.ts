/** Annotations of pods that mean something: mirror pods, deletion cost, and the old form of seccomp and AppArmor profiles. */
import { type FieldError, forbiddenField, invalidValue } from '@t8s/meta';
import type { AppArmorProfile, PodSpec, SeccompProfile } from '../../generated/types.ts';
import { descendingPath } from './validate-paths.ts';
import { containersWithPath } from './validate-windows.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorContainer = 'container.apparmor.security.beta.kubernetes.io/';

export function validatePodAnnotations(annotations: Annotations, spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    const at = `${path}[${key}]`;
    if (key === mirrorAnnotation && !spec.nodeName)
      errors.push(invalidValue(at, value, 'must set spec.nodeName if mirror pod annotation is set'));
    if (key === deletionCostAnnotation && !isInt32(value)) errors.push(invalidValue(at, value, 'must be a 32bit integer'));
    if (key === seccompPod || key.startsWith(seccompContainer)) errors.push(...validateSeccompText(value, `${path}.${key}`));
    if (key.startsWith(appArmorContainer)) {
      const name = key.slice(appArmorContainer.length);
      if (!containersWithPath(spec, '').some(([container]) => container.name === name))
        errors.push(invalidValue(at, name, 'container not found'));
      if (!['', 'runtime/default', 'unconfined'].includes(value) && !value.startsWith('localhost/'))
        errors.push(invalidValue(at, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`));
    }
  }
  return errors;
}

/** Profiles in annotations must say what the fields say. */
export function validateProfilesMatch(annotations: Annotations, spec: PodSpec, path: string): FieldError[] {
  if (annotations === undefined) return [];
  const podProfile = spec.securityContext?.seccompProfile;
  const podAppArmor = spec.securityContext?.appArmorProfile;
  return [
    ...matches(annotations[seccompPod], podProfile, 'seccomp', `${path}.securityContext.seccompProfile`),
    ...containersWithPath(spec, path).flatMap(([container, at]) => [
      ...matches(
        annotations[seccompContainer + container.name],
        container.securityContext?.seccompProfile,
        'seccomp',
        `${at}.securityContext.seccompProfile`,
      ),
      ...(spec.os?.name === 'windows'
        ? []
        : matches(
            annotations[appArmorContainer + container.name],
            container.securityContext?.appArmorProfile ?? podAppArmor,
            'apparmor',
            `${at}.securityContext.appArmorProfile`,
          )),
    ]),
  ];
}

/** Mirror and AppArmor annotations are fixed at creation. */
export function validatePodAnnotationsUpdate(annotations: Annotations, old: Annotations, path: string): FieldError[] {
  const special = (key: string): string | undefined =>
    key.startsWith(appArmorContainer) ? 'AppArmor annotations' : key === mirrorAnnotation ? 'mirror pod annotation' : undefined;
  const changed = Object.entries(old ?? {}).filter(([key, value]) => annotations?.[key] !== value);
  const added = Object.keys(annotations ?? {}).filter((key) => old?.[key] === undefined);
  return [
    ...changed
      .filter(([key]) => special(key))
      .map(([key]) => forbiddenField(`${path}[${key}]`, `may not remove or update ${special(key)}`)),
    ...added.filter(special).map((key) => forbiddenField(`${path}[${key}]`, `may not add ${special(key)}`)),
  ];
}

function isInt32(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Math.abs(Number(text)) < 2 ** 31;
}

function validateSeccompText(value: string, path: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value)) return [];
  return value.startsWith('localhost/')
    ? descendingPath(path, value.slice('localhost/'.length))
    : [invalidValue(path, value, 'must be a valid seccomp profile')];
}

function matches(
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
  what: string,
  path: string,
): FieldError[] {
  if (annotation === undefined || profile === undefined) return [];
  const wrongType = [forbiddenField(`${path}.type`, `${what} type in annotation and field must match`)];
  switch (profile.type) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : wrongType;
    case 'RuntimeDefault':
      return annotation === 'runtime/default' || (what === 'seccomp' && annotation === 'docker/default') ? [] : wrongType;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return wrongType;
      return annotation === `localhost/${profile.localhostProfile ?? ''}`
        ? []
        : [forbiddenField(`${path}.localhostProfile`, `${what} profile in annotation and field must match`)];
    default:
      return [];
  }
}
