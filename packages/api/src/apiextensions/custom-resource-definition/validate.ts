/** What a CustomResourceDefinition must be (apiextensions' validation, v1.34). */
import { type FieldError, invalidValue, isDns1035Label, isDns1123Subdomain, notSupportedInOrder, required } from '@t8s/meta';
import { requiredText } from '../../field-checks.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';
import { validateApproval } from './approval.ts';
import { hoist, internalVersions } from './internal-form.ts';
import { validateCaBundle, validateConversion } from './validate-conversion.ts';
import { validateNames } from './validate-names.ts';
import { validateSchema } from './validate-schema.ts';
import { validateColumns, validateDeprecation, validateSelectableFields, validateSubresources } from './validate-version.ts';

export function validateDefinition(crd: CustomResourceDefinition): FieldError[] {
  return [
    ...validateName(crd),
    ...validateSpec(crd.spec),
    ...validateNames(crd.status?.acceptedNames, 'status.acceptedNames'),
    ...validateStoredVersions(crd),
  ];
}

export function validateCreate(crd: CustomResourceDefinition): FieldError[] {
  return [...validateApproval(crd), ...validatePreservation(crd)];
}

export function validateUpdate(crd: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const isEstablished = old.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  return [
    ...(isEstablished ? immutable('spec.scope', crd.spec.scope, old.spec.scope) : []),
    ...(isEstablished ? immutable('spec.names.kind', crd.spec.names.kind, old.spec.names.kind) : []),
    ...immutable('spec.group', crd.spec.group, old.spec.group),
    ...immutable('spec.names.plural', crd.spec.names.plural, old.spec.names.plural),
    ...(isEstablished ? validateCaBundle(crd.spec, old.spec) : []),
    ...validateApproval(crd, old),
    ...validatePreservation(crd),
  ];
}

function validateName({ metadata: { name = '' }, spec }: CustomResourceDefinition): FieldError[] {
  if (name === '' || name === `${spec.names.plural}.${spec.group}`) return [];
  return [invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function validateSpec(spec: CustomResourceDefinitionSpec): FieldError[] {
  const { names, versions = [] } = spec;
  const shared = hoist(versions);
  return [
    ...validateGroup(spec.group),
    ...validateScope(spec.scope),
    ...versions.flatMap(({ schema }, i) =>
      schema?.openAPIV3Schema ? [] : [required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required')],
    ),
    ...versions.flatMap((version, i) => validateVersion(version, `spec.versions[${i}]`, versions)),
    ...validateVersionSet(versions),
    ...requiredText('spec.names.plural', names.plural),
    ...requiredText('spec.names.singular', names.singular),
    ...requiredText('spec.names.kind', names.kind),
    ...requiredText('spec.names.listKind', names.listKind),
    ...validateNames(names, 'spec.names'),
    ...validateParts(shared, { path: 'spec', schema: 'spec.validation', hasStatus: versions.some(hasStatus) }),
    ...validateConversion(spec),
  ];
}

const hasStatus = ({ subresources }: CustomResourceDefinitionVersion): boolean => subresources?.status !== undefined;

function validateGroup(group: string | undefined): FieldError[] {
  if (!group) return [required('spec.group')];
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) return [invalidValue('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')];
}

const scopes = ['Cluster', 'Namespaced'];

function validateScope(scope: string | undefined): FieldError[] {
  if (!scope) return [required('spec.scope')];
  return scopes.includes(scope) ? [] : [notSupportedInOrder('spec.scope', scope, scopes)];
}

/** What all versions have alike is told of the definition as a whole: upstream keeps it there. */
function validateVersion(
  version: CustomResourceDefinitionVersion,
  path: string,
  versions: readonly CustomResourceDefinitionVersion[],
): FieldError[] {
  const problems = isDns1035Label(version.name ?? '');
  const shared = hoist(versions);
  const own = Object.fromEntries(Object.entries(version).filter(([field]) => !(field in shared)));
  return [
    ...(problems.length > 0 ? [invalidValue(`${path}.name`, version.name ?? '', problems.join(','))] : []),
    ...validateDeprecation(version, `${path}.deprecationWarning`),
    ...validateParts(own, { path, schema: `${path}.schema`, hasStatus: hasStatus(version) }),
  ];
}

type Parts = Partial<Pick<CustomResourceDefinitionVersion, 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'>>;

function validateParts(parts: Parts, { path, schema, hasStatus }: { path: string; schema: string; hasStatus: boolean }): FieldError[] {
  const props = parts.schema?.openAPIV3Schema;
  return [
    ...(props ? validateSchema(props, `${schema}.openAPIV3Schema`, { hasStatus }) : []),
    ...validateSubresources(parts.subresources, `${path}.subresources`),
    ...validateColumns(parts.additionalPrinterColumns, `${path}.additionalPrinterColumns`),
    ...validateSelectableFields(parts.selectableFields, props, `${path}.selectableFields`),
  ];
}

function validateVersionSet(versions: readonly CustomResourceDefinitionVersion[]): FieldError[] {
  const names = versions.map(({ name }) => name);
  const stored = versions.filter(({ storage }) => storage).length;
  const shown = internalVersions(versions);
  return [
    ...(new Set(names).size < names.length ? [invalidValue('spec.versions', shown, 'must contain unique version names')] : []),
    ...(stored === 1 ? [] : [invalidValue('spec.versions', shown, 'must have exactly one version marked as storage version')]),
  ];
}

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalidValue(path, stored, 'must have at least one stored version')];
  const names = new Set(spec.versions.map(({ name }) => name));
  return [
    ...spec.versions
      .filter(({ name, storage }) => storage && !stored.includes(name))
      .map(({ name }) => invalidValue(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, i) =>
      names.has(name)
        ? []
        : [
            invalidValue(
              `${path}[${i}]`,
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ];
}

function validatePreservation({ spec }: CustomResourceDefinition): FieldError[] {
  if (spec.preserveUnknownFields !== true) return [];
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalidValue('spec.preserveUnknownFields', true, why)];
}
