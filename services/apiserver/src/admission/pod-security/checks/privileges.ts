/** Who containers run as, and what they may become. */
import { type Check, containers, type Judge, namesOf, setters, unlessWindows } from './check.ts';

const privileged: Judge = ({ spec }) => {
  const names = namesOf(spec, ({ securityContext }) => securityContext?.privileged === true);
  const detail = `${containers(names)} must not set securityContext.privileged=true`;
  return names.length === 0 ? undefined : { reason: 'privileged', detail };
};

const escalation: Judge = ({ spec }) => {
  const names = namesOf(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  const detail = `${containers(names)} must set securityContext.allowPrivilegeEscalation=false`;
  return names.length === 0 ? undefined : { reason: 'allowPrivilegeEscalation != false', detail };
};

const nonRoot: Judge = ({ spec }) => {
  const reason = 'runAsNonRoot != true';
  const ofPod = spec.securityContext?.runAsNonRoot;
  const who = setters(
    ofPod === false,
    namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false),
  );
  if (who !== '') return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
  const silent = ofPod ? [] : namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  const detail = `pod or ${containers(silent)} must set securityContext.runAsNonRoot=true`;
  return silent.length === 0 ? undefined : { reason, detail };
};

const user: Judge = ({ spec }) => {
  const who = setters(
    spec.securityContext?.runAsUser === 0,
    namesOf(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  );
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
};

export const privilegeChecks: readonly Check[] = [
  { id: 'privileged', level: 'baseline', versions: [[0, privileged]] },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    versions: [
      [8, escalation],
      [25, unlessWindows(escalation)],
    ],
  },
  { id: 'runAsNonRoot', level: 'restricted', versions: [[0, nonRoot]] },
  { id: 'runAsUser', level: 'restricted', versions: [[23, user]] },
];
