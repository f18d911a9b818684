export * from './cel-error.ts';
export { type CompileOptions, compile, type EvaluateOptions, type Program } from './compile.ts';
export { CostBudget } from './cost.ts';
export * from './type.ts';
export { LazyFields, RawValue } from './values.ts';
