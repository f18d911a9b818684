/** Fields that only Windows pods may set, and those they may not. */
import { type FieldError, forbiddenField, invalidValue, isDns1123Subdomain, required } from '@t8s/meta';
import { invalidBy, optionalOneOf } from '../../field-checks.ts';
import type { Container, EphemeralContainer, PodSpec, SecurityContext, WindowsSecurityContextOptions } from '../../generated/types.ts';

type AnyContainer = Container | EphemeralContainer;

/** Every container with its path: init, regular, ephemeral. */
export function containersWithPath(spec: PodSpec, path: string): [container: AnyContainer, path: string][] {
  const found: [AnyContainer, string][] = [];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [i, container] of spec[list]?.entries() ?? []) found.push([container, `${path}.${list}[${i}]`]);
  return found;
}

export function validateOs(spec: PodSpec, path: string): FieldError[] {
  const name = spec.os?.name;
  if (spec.os === undefined) return [];
  if (!name) return [required(`${path}.os.name`, 'cannot be empty')];
  if (name === 'linux') return validateLinux(spec, path);
  return name === 'windows' ? validateWindows(spec, path) : optionalOneOf(`${path}.os`, name, ['linux', 'windows']);
}

function validateLinux(spec: PodSpec, path: string): FieldError[] {
  const message = 'windows options cannot be set for a linux pod';
  return [
    ...(spec.securityContext?.windowsOptions ? [forbiddenField(`${path}.securityContext.windowsOptions`, message)] : []),
    ...containersWithPath(spec, path)
      .filter(([container]) => container.securityContext?.windowsOptions)
      .map(([, at]) => forbiddenField(`${at}.securityContext.windowsOptions`, message)),
  ];
}

const linuxOnlyInPod = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const linuxOnlyInContainer: readonly (keyof SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

function validateWindows(spec: PodSpec, path: string): FieldError[] {
  const paths = [
    ...(['hostUsers', 'shareProcessNamespace'] as const).filter((field) => spec[field] !== undefined).map((field) => `${path}.${field}`),
    ...(['hostPID', 'hostIPC'] as const).filter((field) => spec[field]).map((field) => `${path}.${field}`),
    ...linuxOnlyInPod.filter((field) => spec.securityContext?.[field] !== undefined).map((field) => `${path}.securityContext.${field}`),
    ...containersWithPath(spec, path).flatMap(([container, at]) =>
      linuxOnlyInContainer
        .filter((field) => container.securityContext?.[field] !== undefined)
        .map((field) => `${at}.securityContext.${field}`),
    ),
  ];
  return paths.map((at) => forbiddenField(at, 'cannot be set for a windows pod'));
}

/** HostProcess is for all containers of a pod or none, and needs the host's network. */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersWithPath(spec, path);
  const errors: FieldError[] = [];
  let count = 0;
  for (const [container, at] of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.push(
        invalidValue(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      );
    if (own ?? ofPod) count += 1;
  }
  if (count === 0) return errors;
  if (count !== containers.length)
    errors.push(invalidValue(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (!spec.hostNetwork)
    errors.push(invalidValue(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  return errors;
}

export function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: string): FieldError[] {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options;
  const errors: FieldError[] = [];
  if (gmsaCredentialSpecName !== undefined)
    errors.push(...invalidBy(`${path}.gmsaCredentialSpecName`, gmsaCredentialSpecName, isDns1123Subdomain(gmsaCredentialSpecName)));
  if (gmsaCredentialSpec === '')
    errors.push(invalidValue(`${path}.gmsaCredentialSpec`, gmsaCredentialSpec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (gmsaCredentialSpec !== undefined && gmsaCredentialSpec.length > 64 * 1024)
    errors.push(invalidValue(`${path}.gmsaCredentialSpec`, gmsaCredentialSpec, 'gmsaCredentialSpec size must be under 64 KiB'));
  if (runAsUserName !== undefined) errors.push(...invalidBy(`${path}.runAsUserName`, runAsUserName, userNameErrors(runAsUserName)));
  return errors;
}

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsDomain = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** `DOMAIN\user` or `user`. */
function userNameErrors(name: string): string[] {
  const parts = name.split('\\');
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters'];
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const errors: string[] = [];
  if ((domain ?? '').length >= 256) errors.push("runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !netBios.test(domain) && !dnsDomain.test(domain))
    errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') errors.push("runAsUserName's User cannot be empty");
  else if (user.length > 104) errors.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) errors.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return errors;
}
