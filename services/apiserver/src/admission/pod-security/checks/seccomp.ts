/** Which system calls containers may make. */
import type { SeccompProfile } from '@t8s/api';
import { containersOf } from '../../containers.ts';
import { annotationsLike, type Check, containers, type Judge, namesOf, plural, quoted, setters, sorted, unlessWindows } from './check.ts';

const reason = 'seccompProfile';
const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

const isGood = ({ type }: SeccompProfile): boolean => type === 'RuntimeDefault' || type === 'Localhost';
const isBad = (profile: SeccompProfile | undefined): boolean => profile !== undefined && !isGood(profile);

/** Before v1.19 annotations said it. */
const annotated: Judge = (pod) => {
  const names = new Set(namesOf(pod.spec, () => true).map((name) => containerAnnotation + name)).add(podAnnotation);
  const isFine = (value: string): boolean => ['runtime/default', 'docker/default'].includes(value) || value.startsWith('localhost/');
  const bad = annotationsLike(pod, (name, value) => names.has(name) && !isFine(value));
  return bad.length === 0 ? undefined : { reason, detail: `forbidden ${plural(bad.length, 'annotation')} ${bad.join(', ')}` };
};

const baseline: Judge = ({ spec }) => {
  const profiles = [spec, ...containersOf(spec)].map(({ securityContext }) => securityContext?.seccompProfile);
  const bad = sorted(profiles.flatMap((profile) => (profile && !isGood(profile) ? [profile.type] : [])));
  const who = setters(
    isBad(spec.securityContext?.seccompProfile),
    namesOf(spec, ({ securityContext }) => isBad(securityContext?.seccompProfile)),
  );
  return who === '' ? undefined : { reason, detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(bad)}` };
};

const restricted: Judge = (pod) => {
  const { spec } = pod;
  const explicit = baseline(pod);
  if (explicit || spec.securityContext?.seccompProfile) return explicit;
  const silent = namesOf(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  const detail = `pod or ${containers(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return silent.length === 0 ? undefined : { reason, detail };
};

export const seccompChecks: readonly Check[] = [
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      [0, annotated],
      [19, baseline],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    overrides: 'seccompProfile_baseline',
    versions: [
      [19, restricted],
      [25, unlessWindows(restricted)],
    ],
  },
];
