export type * from './generated/types.ts';
export * from './kind.ts';
export * from './schema.ts';
