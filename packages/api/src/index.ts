export * from './apiextensions/custom-resource/custom-type.ts';
export * from './apiextensions/custom-resource/kind.ts';
export { type FoundField, findField } from './apiextensions/custom-resource-definition/field-path.ts';
export { schemasOf } from './apiextensions/custom-resource-definition/internal-form.ts';
export { absent, correlateElement } from './apiextensions/schema/correlate.ts';
export * from './apiextensions/schema/defaults.ts';
export { embeddedObjects } from './apiextensions/schema/embedded.ts';
export { type Pattern, type ReadPattern, usePatterns } from './apiextensions/schema/pattern.ts';
export * from './apiextensions/schema/prune.ts';
export * from './apiextensions/schema/structural.ts';
export * from './apiextensions/schema/validate.ts';
export * from './columns.ts';
export * from './core/node/placement.ts';

export * from './core/pod/qos.ts';
export * from './core/pod/resources.ts';
export { validateBinding } from './core/pod/subresources.ts';
export { deletionCostAnnotation, mirrorAnnotation } from './core/pod/validate-annotations.ts';

export * from './core/service/service-type.ts';

export { mandatoryFlowSchemas, mandatoryPriorityLevels } from './flowcontrol/mandatory.ts';
export { autoUpdateAnnotation, suggestedFlowSchemas, suggestedPriorityLevels } from './flowcontrol/suggested.ts';
export { descriptions } from './generated/descriptions.ts';
export { fieldNumbers } from './generated/field-numbers.ts';
export { schema } from './generated/schema.ts';
export type * from './generated/types.ts';
export * from './granularity.ts';
export * from './kind.ts';
export * from './kinds.ts';
export { metaLists } from './object-meta/lists.ts';
export { type MetaRules, validateFieldManager, validateObjectMeta, validateObjectMetaUpdate } from './object-meta/validate.ts';
export { isExtended, isHugePages, isNative } from './resource-names.ts';
export { highestUserPriority, systemPriorityClasses } from './scheduling/priority-class/validate.ts';
export * from './schema.ts';
export * from './semantic-equal.ts';
