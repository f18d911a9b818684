import { compareVersions, type FieldError, type FieldErrorType, invalidValue, type KubeObject } from '@t8s/meta';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, CustomResourceSubresources } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { type Kind, ownMetadata, type Strategy, type Subresources } from '../../kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { compileSchema, type StructuralSchema } from '../schema/structural.ts';
import { validateAgainst, validateStatusAgainst } from '../schema/validate.ts';
import { customColumns } from './columns.ts';
import { finalizerWarnings } from './finalizer-warnings.ts';
import { customScale, validateScale } from './scale.ts';
import { customSelectableFields } from './selectable-fields.ts';

/** A kind that a CustomResourceDefinition made. */
export interface CustomKind extends Kind {
  readonly structural: StructuralSchema;
}

/** What the rules of a schema say against an object, or its update; whoever has a compiler of their language gives it. */
export type CheckRules = (object: Record<string, unknown>, old?: Record<string, unknown>) => FieldError[];

export interface CustomKindOptions {
  /** Undefined for a schema without rules. Rules are not held to unless this is given. */
  rulesOf?(schema: StructuralSchema): CheckRules | undefined;
}

type CustomObject = KubeObject & Record<string, unknown>;
type WithStatus = KubeObject & { status?: unknown };

/**
 * The kind that a version of a CustomResourceDefinition makes. The definition must have passed validation and have that version;
 * names are the accepted ones of its status, where they are. Before the machinery can decode its objects, `addCustomType` must
 * have told it of the kind.
 */
export function kindOfCustomResource(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  { rulesOf }: CustomKindOptions = {},
): CustomKind {
  const { group, scope } = crd.spec;
  const { plural, singular, kind, listKind, shortNames, categories } = namesOf(crd);
  const structural = compileSchema(version.schema?.openAPIV3Schema ?? {});
  const subresources = version.subresources ?? {};
  const rules = rulesOf?.(structural);
  return {
    group,
    version: version.name,
    kind,
    ...(listKind && { listKind }),
    resource: plural,
    singular: singular || kind.toLowerCase(),
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
    namespaced: scope === 'Namespaced',
    schema: customTypeName(group, version.name, kind),
    ...(version.deprecated && { deprecation: version.deprecationWarning ?? deprecationOf(crd, version.name) }),
    columns: customColumns(version.additionalPrinterColumns),
    selectableFields: customSelectableFields(version.selectableFields),
    subresources: subresourcesOf(subresources, { structural, rules }),
    structural,
    strategy: strategyOf(subresources, { structural, rules }),
  };
}

/** What objects are held to. */
interface Rules {
  structural: StructuralSchema;
  rules: CheckRules | undefined;
}

function subresourcesOf({ status, scale }: CustomResourceSubresources, held: Rules): Subresources<KubeObject> {
  return {
    ...(status !== undefined && {
      status: { keeps: ownMetadata, validate: (object, old) => validate(object, old, { ...held, scale, ofStatus: true }) },
    }),
    ...(scale && { scale: customScale(scale) }),
  };
}

interface Validation extends Rules {
  scale: CustomResourceSubresources['scale'];
  ofStatus?: boolean;
}

/** Rules are not asked about an object that is not even what they take it for. */
function validate(
  object: KubeObject,
  old: KubeObject | undefined,
  { structural, rules, scale, ofStatus = false }: Validation,
): FieldError[] {
  const [next, before] = [object as CustomObject, old as CustomObject | undefined];
  const errors = [
    ...(ofStatus && before ? validateStatusAgainst(next, structural, before) : validateAgainst(next, structural, before)),
    ...(scale ? validateScale(object, scale, { ofStatus }) : []),
  ];
  if (!rules) return errors;
  if (errors.some(({ type }) => blocking.has(type))) return [...errors, invalidValue('<nil>', null, unchecked)];
  return [...errors, ...rules(next, before)];
}

const blocking = new Set<FieldErrorType>(['NotSupported', 'Required', 'TooLong', 'TooMany', 'TypeInvalid']);
const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Names the newest version to go to, where there is one that is not deprecated itself. */
function deprecationOf({ spec: { group, names, versions } }: CustomResourceDefinition, deprecated: string): string {
  const newer = versions.filter(({ name, served, deprecated: isOld }) => served && !isOld && compareVersions(deprecated, name) < 0);
  const [newest] = newer.map(({ name }) => name).sort((a, b) => compareVersions(b, a));
  return `${group}/${deprecated} ${names.kind} is deprecated${newest === undefined ? '' : `; use ${group}/${newest} ${names.kind}`}`;
}

/** Names that a definition may use: those accepted of it, the wanted ones until then. */
function namesOf({ spec, status }: CustomResourceDefinition): CustomResourceDefinition['spec']['names'] {
  const accepted = status?.acceptedNames;
  return accepted?.plural ? accepted : spec.names;
}

/** `com.example.stable.v1.CronTab`: what a type is called in the schema and in OpenAPI. */
export const customTypeName = (group: string, version: string, kind: string): string =>
  `${group.split('.').reverse().join('.')}.${version}.${kind}`;

function strategyOf({ status, scale }: CustomResourceSubresources, held: Rules): Strategy<KubeObject> {
  const hasStatus = status !== undefined;
  return {
    defaults: (object) => applyDefaults(object as CustomObject, held.structural),
    prepareForCreate(object) {
      if (hasStatus) delete (object as WithStatus).status;
      object.metadata.generation = 1;
    },
    prepareForUpdate(object, old) {
      if (hasStatus) keepFields<WithStatus, 'status'>(object, old as WithStatus, ['status']);
      const { metadata, ...content } = object;
      const { metadata: oldMetadata, ...oldContent } = old;
      if (!semanticEqual(content, oldContent)) metadata.generation = (oldMetadata.generation ?? 0) + 1;
    },
    validateCreate: (object) => validate(object, undefined, { ...held, scale }),
    validateUpdate: (object, old) => validate(object, old, { ...held, scale }),
    warnings: finalizerWarnings,
    freeFinalizers: true,
    unconditionalUpdate: false,
  };
}
