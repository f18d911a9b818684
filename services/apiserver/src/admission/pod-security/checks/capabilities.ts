/** Capabilities containers add to, and drop from, what a runtime gives them. */
import type { Container, PodSpec } from '@t8s/api';
import { containersOf } from '../../containers.ts';
import { type Check, containers, type Judge, namesOf, quoted, sorted, unlessWindows } from './check.ts';

const ordinary = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const added = ({ securityContext }: Container): readonly string[] => securityContext?.capabilities?.add ?? [];
const dropped = ({ securityContext }: Container): readonly string[] => securityContext?.capabilities?.drop ?? [];

/** What is said of containers that add what they may not; nothing where none does. */
function additions(spec: PodSpec, may: (capability: string) => boolean): string[] {
  const names = namesOf(spec, (container) => !added(container).every(may));
  const bad = sorted(containersOf(spec).flatMap((container) => added(container).filter((capability) => !may(capability))));
  return names.length === 0 ? [] : [`${containers(names)} must not include ${quoted(bad)} in securityContext.capabilities.add`];
}

const baseline: Judge = ({ spec }) => {
  const [detail] = additions(spec, (capability) => ordinary.has(capability));
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

const restricted: Judge = ({ spec }) => {
  const keep = namesOf(spec, (container) => !dropped(container).includes('ALL'));
  const details = [
    ...(keep.length === 0 ? [] : [`${containers(keep)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...additions(spec, (capability) => capability === 'NET_BIND_SERVICE'),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

export const capabilityChecks: readonly Check[] = [
  { id: 'capabilities_baseline', level: 'baseline', versions: [[0, baseline]] },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    overrides: 'capabilities_baseline',
    versions: [
      [22, restricted],
      [25, unlessWindows(restricted)],
    ],
  },
];
