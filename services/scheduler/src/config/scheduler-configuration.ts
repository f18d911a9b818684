/** KubeSchedulerConfiguration: https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/ */
import { readFileSync } from 'node:fs';
import { DecodeError, readYaml } from '@t8s/codec';
import { UsageError } from '@t8s/component';
import { type FieldError, fieldErrorMessage, forbiddenField, invalidValue } from '@t8s/meta';
import { defaultSchedulerName, type ProfileRecipe } from '../create-scheduler.ts';
import { Fields, noRepeats, readAll } from './fields.ts';
import { readPercentage, readProfile, withoutFile } from './profile-configuration.ts';

export interface SchedulerConfiguration {
  profiles: readonly ProfileRecipe[];
  /** Milliseconds. */
  initialBackoff: number;
  maxBackoff: number;
  leaderElection: LeaderElection;
  /** Empty: that of the flag, or of the pod. */
  kubeconfig: string;
}

export interface LeaderElection {
  leaderElect: boolean;
  /** Milliseconds. */
  leaseDuration: number;
  renewDeadline: number;
  retryPeriod: number;
  resourceName: string;
  resourceNamespace: string;
}

const apiVersion = 'kubescheduler.config.k8s.io/v1';
const kind = 'KubeSchedulerConfiguration';

/** Throws UsageError with a line for each thing that is wrong, naming file, field and reason. */
export function loadConfiguration(file: string): SchedulerConfiguration {
  const { value, duplicateKeys } = readDocument(file);
  const errors: FieldError[] = [];
  const configuration = readAll(new Fields(value, '', errors), readConfiguration);
  const lines = [...duplicateKeys, ...errors.map(fieldErrorMessage)];
  if (lines.length > 0) throw new UsageError(lines.map((line) => `${file}: ${line}`).join('\n'));
  return { ...configuration, profiles: configuration.profiles.map((profile) => naming(file, profile)) };
}

/** What is wrong with a profile as a whole shows when its plugins are made. */
function naming(file: string, profile: ProfileRecipe): ProfileRecipe {
  return {
    ...profile,
    make(context) {
      try {
        return profile.make(context);
      } catch (error) {
        throw error instanceof UsageError ? new UsageError(`${file}: ${error.message}`) : error;
      }
    },
  };
}

/** What a scheduler without a file does. */
export const defaultConfiguration = (): SchedulerConfiguration => readConfiguration(new Fields({ apiVersion, kind }, '', []));

function readDocument(file: string): { value: unknown; duplicateKeys: readonly string[] } {
  try {
    return readYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof DecodeError) throw new UsageError(`${file}: ${error.message}`);
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function readConfiguration(fields: Fields): SchedulerConfiguration {
  const { errors } = fields;
  fields.oneOf('apiVersion', [apiVersion], apiVersion);
  fields.oneOf('kind', [kind], kind);
  const percentage = readPercentage(fields, 0);
  const initial = fields.integer('podInitialBackoffSeconds', 1, { min: 1, says: 'must be greater than 0' });
  const max = fields.integer('podMaxBackoffSeconds', 10);
  if (max < initial) errors.push(invalidValue('podMaxBackoffSeconds', max, 'must be greater than or equal to PodInitialBackoffSeconds'));
  // Kept for files written for upstream: cycles run in one thread, and profiling is Node's own (--cpu-prof).
  fields.integer('parallelism', 16, { min: 1, says: 'should be an integer value greater than zero' });
  fields.boolean('enableProfiling', true);
  fields.boolean('enableContentionProfiling', true);
  fields.boolean('delayCacheUntilActive', false);
  if ((fields.list('extenders', (value) => value) ?? []).length > 0)
    errors.push(forbiddenField('extenders', 'this scheduler calls no extenders; use plugins'));
  const profiles = fields.objects('profiles', (profile) => readProfile(profile, percentage)) ?? [
    withoutFile(defaultSchedulerName, percentage),
  ];
  if (profiles.length === 0) profiles.push(withoutFile(defaultSchedulerName, percentage));
  noRepeats(
    profiles.map(({ schedulerName }) => schedulerName),
    errors,
    (i) => `profiles[${i}].schedulerName`,
  );
  for (const [i, { sortPlugin }] of profiles.entries())
    if (sortPlugin !== profiles[0]?.sortPlugin)
      errors.push(invalidValue(`profiles[${i}].plugins.queueSort`, sortPlugin, 'queueSort must be the same for all profiles'));
  return {
    profiles,
    initialBackoff: initial * 1000,
    maxBackoff: max * 1000,
    leaderElection: fields.object('leaderElection', readLeaderElection),
    kubeconfig: fields.object('clientConnection', readClientConnection),
  };
}

function readLeaderElection(fields: Fields): LeaderElection {
  const read = {
    leaderElect: fields.boolean('leaderElect', true),
    leaseDuration: fields.duration('leaseDuration', '15s'),
    renewDeadline: fields.duration('renewDeadline', '10s'),
    retryPeriod: fields.duration('retryPeriod', '2s'),
    resourceName: fields.string('resourceName', 'kube-scheduler'),
    resourceNamespace: fields.string('resourceNamespace', 'kube-system'),
  };
  fields.oneOf('resourceLock', ['leases'], 'leases');
  const { leaderElect, leaseDuration, renewDeadline, retryPeriod } = read;
  if (!leaderElect) return read;
  const isWrong = (name: string, ms: number, says: string) => fields.errors.push(invalidValue(fields.at(name), `${ms / 1000}s`, says));
  for (const [name, ms] of Object.entries({ leaseDuration, renewDeadline, retryPeriod }))
    if (ms <= 0) isWrong(name, ms, 'must be greater than zero');
  if (leaseDuration <= renewDeadline) isWrong('leaseDuration', leaseDuration, 'LeaseDuration must be greater than RenewDeadline');
  if (renewDeadline <= retryPeriod) isWrong('renewDeadline', renewDeadline, 'RenewDeadline must be greater than RetryPeriod');
  return read;
}

/** The file to connect by. Rates are not limited here: the apiserver's flow control is there for that. */
function readClientConnection(fields: Fields): string {
  fields.string('acceptContentTypes', '');
  fields.string('contentType', 'application/json');
  fields.number('qps', 50);
  fields.integer('burst', 100, { min: 0, says: 'must be non-negative' });
  return fields.string('kubeconfig', '');
}
