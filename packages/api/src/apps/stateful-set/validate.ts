import { type FieldError, forbiddenField, invalidValue, isDns1123Label, notSupported, required, toSelector } from '@t8s/meta';
import { validateClaimSpec } from '../../core/persistent-volume-claim/validate-spec.ts';
import { validatePodTemplate } from '../../core/pod/validate.ts';
import { validatePodAnnotations } from '../../core/pod/validate-annotations.ts';
import { invalidBy, nonNegative } from '../../field-checks.ts';
import type { PodTemplateSpec, RollingUpdateStatefulSetStrategy, StatefulSet, StatefulSetSpec } from '../../generated/types.ts';
import { isEmptySelector, validateLabelSelector } from '../../label-selector.ts';
import { validateAnnotations, validateLabels } from '../../object-meta/validate.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { atMostAll, isZero, neverDecremented, validateEndless, validateIntOrPercent } from '../validate-template.ts';

/** What is not looked at again once it is stored, because it came in before there was a rule against it. */
interface Leniency {
  /** Names of the service, claims: neither may change. */
  unchanging?: boolean;
  template?: boolean;
}

export const validateStatefulSetCreate = ({ spec }: StatefulSet): FieldError[] => validateSpec(spec, {});

export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const template = validateSpec(old.spec, { unchanging: true }).length > 0;
  return [
    ...validateSpec(spec, { unchanging: true, template }),
    ...(semanticEqual(unchangeable(spec), unchangeable(old.spec))
      ? []
      : [
          forbiddenField(
            'spec',
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ]),
  ];
}

const unchangeable = ({ podManagementPolicy, selector, serviceName, volumeClaimTemplates }: StatefulSetSpec): object => ({
  podManagementPolicy,
  selector,
  serviceName,
  volumeClaimTemplates,
});

export function validateStatefulSetStatus({ status = { replicas: 0 } }: StatefulSet, old: StatefulSet): FieldError[] {
  const { replicas, readyReplicas = 0, availableReplicas = 0, collisionCount } = status;
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const;
  const errors = (['replicas', ...parts, 'observedGeneration', 'collisionCount'] as const).flatMap((field) =>
    nonNegative(`status.${field}`, status[field]),
  );
  for (const field of parts) {
    const count = status[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalidValue('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas'));
  return [...errors, ...neverDecremented('status.collisionCount', collisionCount, old.status?.collisionCount)];
}

function validateSpec(spec: StatefulSetSpec, lenient: Leniency): FieldError[] {
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  const retention = 'spec.persistentVolumeClaimRetentionPolicy';
  return [
    ...oneOfTwo('spec.podManagementPolicy', spec.podManagementPolicy, ['OrderedReady', 'Parallel']),
    ...validateUpdateStrategy(spec),
    ...(spec.persistentVolumeClaimRetentionPolicy
      ? [...validateRetention(`${retention}.whenDeleted`, whenDeleted), ...validateRetention(`${retention}.whenScaled`, whenScaled)]
      : []),
    ...(lenient.unchanging ? [] : validateClaims(spec)),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...(lenient.unchanging || !spec.serviceName ? [] : invalidBy('spec.serviceName', spec.serviceName, isDns1123Label(spec.serviceName))),
    ...validateSelectorAndTemplate(spec, lenient),
    ...validateEndless(spec.template, 'StatefulSet', 'spec.template'),
  ];
}

function oneOfTwo(path: string, value: string | undefined, [first, second]: readonly [string, string]): FieldError[] {
  if (!value) return [required(path)];
  return value === first || value === second ? [] : [invalidValue(path, value, `must be '${first}' or '${second}'`)];
}

function validateUpdateStrategy({ updateStrategy = {} }: StatefulSetSpec): FieldError[] {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy;
  if (!type) return [required(path)];
  if (type !== 'RollingUpdate' && type !== 'OnDelete') return [invalidValue(path, updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")];
  if (!rollingUpdate) return [];
  if (type === 'OnDelete') return [invalidValue(`${path}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")];
  return validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`);
}

function validateRollingUpdate({ partition, maxUnavailable }: RollingUpdateStatefulSetStrategy, path: string): FieldError[] {
  const errors = nonNegative(`${path}.partition`, partition);
  if (maxUnavailable === undefined) return errors;
  const at = `${path}.maxUnavailable`;
  return [
    ...errors,
    ...validateIntOrPercent(at, maxUnavailable),
    ...(isZero(maxUnavailable) ? [invalidValue(at, maxUnavailable, 'cannot be 0')] : []),
    ...atMostAll(at, maxUnavailable),
  ];
}

function validateRetention(path: string, policy: string | undefined): FieldError[] {
  return policy === 'Retain' || policy === 'Delete' ? [] : [notSupported(path, policy ?? '', ['Retain', 'Delete'])];
}

function validateClaims({ volumeClaimTemplates = [] }: StatefulSetSpec): FieldError[] {
  return volumeClaimTemplates.flatMap(({ spec }, i) => validateClaimSpec(spec, `spec.volumeClaimTemplates[${i}].spec`));
}

function validateSelectorAndTemplate(spec: StatefulSetSpec, lenient: Leniency): FieldError[] {
  const path = 'spec.selector';
  const { selector, template } = spec as Partial<StatefulSetSpec> & { template: PodTemplateSpec };
  if (selector === undefined) return [required(path), ...validateTemplate(spec, { matches: false, lenient })];
  const malformed = validateLabelSelector(selector, path);
  return [
    ...malformed,
    ...(isEmptySelector(selector) ? [invalidValue(path, selector, 'empty selector is invalid for statefulset')] : []),
    ...(malformed.length > 0
      ? [invalidValue(path, selector, '')]
      : validateTemplate(spec, { matches: toSelector(selector).matches(template.metadata?.labels), lenient })),
  ];
}

function validateTemplate(spec: StatefulSetSpec, { matches, lenient }: { matches: boolean; lenient: Leniency }): FieldError[] {
  const path = 'spec.template';
  const { labels, annotations } = spec.template.metadata ?? {};
  return [
    ...(matches ? [] : [invalidValue(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
    ...(lenient.template ? [] : validatePodTemplate(withClaims(spec), path)),
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validatePodAnnotations(annotations, spec.template.spec ?? { containers: [] }, `${path}.annotations`),
  ];
}

/** The template as its pods will be: each claim is a volume, before one of the template that has the same name. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  const claims = new Set(volumeClaimTemplates.map(({ metadata }) => metadata.name ?? ''));
  if (!template.spec || claims.size === 0) return template;
  const volumes = [
    ...[...claims].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(template.spec.volumes ?? []).filter(({ name }) => !claims.has(name)),
  ];
  return { ...template, spec: { ...template.spec, volumes } };
}
