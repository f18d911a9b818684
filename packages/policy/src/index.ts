export { type Compiled, compileMatchCondition, compilePolicy, type PolicyPrograms } from './expressions.ts';
export * from './quota/amounts.ts';
export { unsaid } from './quota/pod-usage.ts';
export { isIn, isInScope, scopesOf } from './quota/scopes.ts';
export * from './quota/usage.ts';
export { checkTypes } from './type-check.ts';
