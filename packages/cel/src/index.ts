export * from './cel-error.ts';
export { type CompileOptions, compile, type EvaluateOptions, type Program } from './compile.ts';
export { CostBudget } from './cost.ts';
export type { Extent } from './estimate/extent.ts';
export { type AccessAnswer, type AccessQuestion, type Authorize, Authorizer, authorizerType } from './library/authorizer.ts';
export * from './type.ts';
export { dynamic, LazyFields, RawValue } from './values.ts';
