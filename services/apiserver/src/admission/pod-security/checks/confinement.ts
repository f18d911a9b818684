/** What the kernel keeps containers to: AppArmor, SELinux, masks of /proc, sysctls. */
import { type AppArmorProfile, isSafeSysctl, type SELinuxOptions } from '@t8s/api';
import { containersOf } from '../../containers.ts';
import { annotationsLike, type Check, containers, type Judge, namesOf, plural, quoted, setters, sorted } from './check.ts';

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';
const isUnconfined = (profile: AppArmorProfile | undefined): boolean =>
  profile !== undefined && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost';

const appArmor: Judge = (pod) => {
  const { spec } = pod;
  const fields = [spec, ...containersOf(spec)].map(({ securityContext }) => securityContext?.appArmorProfile);
  const isFine = (value: string): boolean => value === '' || value === 'runtime/default' || value.startsWith('localhost/');
  const annotations = annotationsLike(pod, (name, value) => name.startsWith(appArmorAnnotation) && !isFine(value));
  const bad = [...sorted(fields.flatMap((profile) => (profile && isUnconfined(profile) ? [profile.type] : []))), ...annotations];
  if (bad.length === 0) return undefined;
  const who = setters(
    isUnconfined(spec.securityContext?.appArmorProfile),
    namesOf(spec, ({ securityContext }) => isUnconfined(securityContext?.appArmorProfile)),
  );
  const all = [...(who === '' ? [] : [who]), ...(annotations.length === 0 ? [] : [plural(annotations.length, 'annotation')])];
  const reason = plural(bad.length, 'forbidden AppArmor profile');
  return { reason, detail: `${all.join(' and ')} must not set AppArmor profile type to ${quoted(bad)}` };
};

const selinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const selinux =
  (types: readonly string[]): Judge =>
  ({ spec }) => {
    const isBad = ({ type = '', user, role }: SELinuxOptions = {}): boolean => !types.includes(type) || Boolean(user) || Boolean(role);
    const who = setters(
      isBad(spec.securityContext?.seLinuxOptions),
      namesOf(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)),
    );
    if (who === '') return undefined;
    const options = [spec, ...containersOf(spec)].map(({ securityContext }) => securityContext?.seLinuxOptions ?? {});
    const bad = sorted(options.flatMap(({ type = '' }) => (types.includes(type) ? [] : [type])));
    const what = [
      ...(bad.length === 0 ? [] : [`${plural(bad.length, 'type')} ${quoted(bad)}`]),
      ...(options.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(options.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}` };
  };

const procMount: Judge = ({ spec }) => {
  const given = containersOf(spec).flatMap(({ securityContext }) => securityContext?.procMount ?? []);
  const bad = sorted(given.filter((type) => type !== 'Default'));
  const names = namesOf(spec, ({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default');
  const detail = `${containers(names)} must not set securityContext.procMount to ${quoted(bad)}`;
  return names.length === 0 ? undefined : { reason: 'procMount', detail };
};

const sysctls =
  (minor: number): Judge =>
  ({ spec }) => {
    const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !isSafeSysctl(name, minor));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  };

const level = 'baseline';
export const confinementChecks: readonly Check[] = [
  { id: 'appArmorProfile', level, versions: [[0, appArmor]] },
  { id: 'procMount', level, versions: [[0, procMount]] },
  {
    id: 'seLinuxOptions',
    level,
    versions: [
      [0, selinux(selinuxTypes)],
      [31, selinux([...selinuxTypes, 'container_engine_t'])],
    ],
  },
  {
    id: 'sysctls',
    level,
    versions: [
      [0, sysctls(0)],
      [27, sysctls(27)],
      [29, sysctls(29)],
      [32, sysctls(32)],
    ],
  },
];
