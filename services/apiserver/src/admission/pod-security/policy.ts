/** What a namespace asks of its pods, by its labels (KEP-2579). */
import { type FieldError, invalidValue } from '@t8s/meta';

export const levels = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof levels)[number];

/** A level of a version of the standards: a minor version of Kubernetes, or Infinity for the latest. */
export interface LevelVersion {
  level: Level;
  version: number;
}

export type Mode = 'enforce' | 'audit' | 'warn';
export type Policy = Record<Mode, LevelVersion>;

export const label = (mode: Mode, what: '' | '-version' = ''): string => `pod-security.kubernetes.io/${mode}${what}`;
export const stricter = (a: LevelVersion, b: LevelVersion): boolean => levels.indexOf(a.level) > levels.indexOf(b.level);
export const same = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version === b.version;
/** `restricted:latest`, `baseline:v1.30`. */
export const formatLevel = ({ level, version }: LevelVersion): string =>
  `${level}:${version === Number.POSITIVE_INFINITY ? 'latest' : `v1.${version}`}`;

/** `enforce=baseline:latest, warn=restricted:latest`: what it asks for. */
export const formatPolicy = (policy: Policy): string =>
  (['enforce', 'audit', 'warn'] as const)
    .filter((mode) => policy[mode].level !== 'privileged')
    .map((mode) => `${mode}=${formatLevel(policy[mode])}`)
    .join(', ');

export const isLevel = (text: unknown): text is Level => levels.some((level) => level === text);
export const levelRule = `must be one of ${levels.join(', ')}`;
export const versionRule = 'must be "latest" or "v1.x"';

/** Undefined for what is no version. */
export function readVersion(text: string): number | undefined {
  const [, minor] = /^v1\.(0|[1-9]\d*)$/.exec(text) ?? [];
  return minor === undefined && text !== 'latest' ? undefined : Number(minor ?? Number.POSITIVE_INFINITY);
}

/** Of namespaces that say nothing, unless the configuration does. */
export const privileged: Policy = {
  enforce: { level: 'privileged', version: Number.POSITIVE_INFINITY },
  audit: { level: 'privileged', version: Number.POSITIVE_INFINITY },
  warn: { level: 'privileged', version: Number.POSITIVE_INFINITY },
};

/** A policy is had from any labels: what can't be read is enforced as the strictest, and neither audited nor warned of. */
export function policyOf(labels: Readonly<Record<string, string>> = {}, defaults = privileged): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = (mode: Mode): LevelVersion => ({ level: levelOf(mode), version: versionOf(mode) });
  const policy = { enforce: read('enforce'), audit: read('audit'), warn: read('warn') };
  // Who enforces is told of what workloads will run into, unless he says otherwise.
  if (isLevel(labels[label('enforce')]) && labels[label('warn')] === undefined && stricter(policy.enforce, policy.warn)) {
    policy.warn.level = policy.enforce.level;
    if (labels[label('warn', '-version')] === undefined) policy.warn.version = policy.enforce.version;
  }
  return { policy, errors };

  function levelOf(mode: Mode): Level {
    const text = labels[label(mode)];
    const level = text ?? defaults[mode].level;
    if (isLevel(level)) return level;
    errors.push(invalidValue(`metadata.labels[${label(mode)}]`, text, levelRule));
    return mode === 'enforce' ? 'restricted' : 'privileged';
  }

  function versionOf(mode: Mode): number {
    const text = labels[label(mode, '-version')];
    const version = text === undefined ? defaults[mode].version : readVersion(text);
    if (version === undefined) errors.push(invalidValue(`metadata.labels[${label(mode, '-version')}]`, text, versionRule));
    return version ?? Number.POSITIVE_INFINITY;
  }
}
