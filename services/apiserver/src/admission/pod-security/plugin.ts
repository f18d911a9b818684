/** Holds pods to the standard their namespace asks for, and tells of workloads whose pods won't be let in (upstream's PodSecurity, v1.34). */
import { isDeepStrictEqual } from 'node:util';
import type { Namespace, Pod } from '@t8s/api';
import { invalid, quote } from '@t8s/meta';
import { annotate } from '../../audit/audit.ts';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { Write } from '../../write-chain.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import type { PodSubject, Violation } from './checks/check.ts';
import { defaultPolicy, type PodSecurityConfiguration } from './configuration.ts';
import { describe, evaluate } from './evaluate.ts';
import { warningsAbout } from './existing-pods.ts';
import { formatLevel, formatPolicy, type LevelVersion, type Policy, policyOf, same, stricter } from './policy.ts';
import { isSignificantUpdate, templateOf } from './subject.ts';

/** Sub-resources of pods that are written without touching what is judged. */
const ignored = new Set(['status', 'binding', 'eviction']);

export function podSecurity({ cache }: ObjectStore, configuration?: PodSecurityConfiguration): AdmissionPlugin {
  const defaults = defaultPolicy(configuration);
  const exempt = (what: keyof PodSecurityConfiguration['exemptions'], name = ''): boolean =>
    configuration?.exemptions[what].includes(name) ?? false;
  return {
    name: 'PodSecurity',
    validate(write) {
      const { storage } = write.resource;
      if (storage === 'namespaces') return write.subresource === '' ? admitNamespace(write) : undefined;
      if (storage === 'pods') return ignored.has(write.subresource) ? undefined : admitPod(write);
      if (write.subresource === '') admitWorkload(write);
    },
  };

  function policyFor({ object }: Write): Policy {
    return policyOf(cache.resource('namespaces').get(object.metadata.namespace ?? '')?.object.metadata.labels, defaults).policy;
  }

  function admitPod(write: Write): void {
    const pod = write.object as Pod;
    if (!write.old || isSignificantUpdate(pod, write.old as Pod)) judge(write, pod, policyFor(write));
  }

  function admitWorkload(write: Write): void {
    const template = templateOf(write.object, write.resource.storage);
    if (!template) return;
    const { audit, warn } = policyFor(write);
    judge(write, template, { audit, warn });
  }

  /** Refuses what is against what is enforced, if anything is; the audit log and who asks are told of the rest. */
  function judge(write: Write, pod: PodSubject, asked: Omit<Policy, 'enforce'> & Partial<Policy>): void {
    const { context } = write;
    const { enforce, audit, warn } = asked;
    const why = exemption(write, pod);
    if (why !== undefined) {
      record(context, 'exempt', why);
      return;
    }
    if (Object.values(asked).every(({ level }) => level === 'privileged')) return;
    if (enforce) record(context, 'enforce-policy', formatLevel(enforce));
    const audited = evaluate(pod, audit);
    if (audited.length > 0) record(context, 'audit-violations', `would violate ${against(audit, audited)}`);
    const refused = enforce ? evaluate(pod, enforce) : [];
    if (enforce && refused.length > 0) throw forbiddenBy(requestOf(write), `violates ${against(enforce, refused)}`);
    const warned = evaluate(pod, warn);
    if (warned.length > 0) context.warnings.push(`would violate ${against(warn, warned)}`);
  }

  function exemption({ object, context }: Write, { spec }: PodSubject): string | undefined {
    if (exempt('namespaces', object.metadata.namespace)) return 'namespace';
    if (exempt('usernames', context.user.name)) return 'user';
    return exempt('runtimeClasses', spec.runtimeClassName) ? 'runtimeClass' : undefined;
  }

  function admitNamespace({ object, old, resource, context }: Write): void {
    const { policy, errors } = policyOf(object.metadata.labels, defaults);
    const before = old && policyOf(old.metadata.labels, defaults);
    const isKnown = before !== undefined && JSON.stringify(before.errors) === JSON.stringify(errors);
    if (errors.length > 0 && !isKnown) throw invalid(resource.kind, object.metadata.name ?? '', errors);
    if (before && !isRaised(policy.enforce, before.policy.enforce)) return;
    const { name = '' } = (object as Namespace).metadata;
    if (exempt('namespaces', name)) {
      const ignoredPolicy = isDeepStrictEqual(policy, defaults) ? '' : formatPolicy(policy);
      if (ignoredPolicy !== '')
        context.warnings.push(`namespace ${quote(name)} is exempt from Pod Security, and the policy (${ignoredPolicy}) will be ignored`);
    } else if (before) {
      const pods = [...cache.resource('pods').range(`${name}/`)].map((cached) => cached.object as Pod);
      const judged = pods.filter(({ spec }) => !exempt('runtimeClasses', spec.runtimeClassName));
      context.warnings.push(...warningsAbout(judged, { namespace: name, enforce: policy.enforce }));
    }
  }
}

/** Whether pods that are there may violate what is asked now and did not before. */
function isRaised(now: LevelVersion, before: LevelVersion): boolean {
  if (now.level === 'privileged' || same(now, before)) return false;
  return now.version !== before.version || stricter(now, before);
}

const record = (context: Write['context'], key: string, value: string): void =>
  annotate(context, `pod-security.kubernetes.io/${key}`, value);

const against = (level: LevelVersion, violations: readonly Violation[]): string =>
  `PodSecurity ${quote(formatLevel(level))}: ${describe(violations)}`;
