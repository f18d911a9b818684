export * from './columns.ts';
export * from './core/node/placement.ts';
export { schema } from './generated/schema.ts';
export type * from './generated/types.ts';
export * from './kind.ts';
export * from './kinds.ts';
export { metaLists } from './object-meta/lists.ts';
export { type MetaRules, validateFieldManager, validateObjectMeta, validateObjectMetaUpdate } from './object-meta/validate.ts';
export * from './schema.ts';
