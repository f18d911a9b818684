export { type Compiled, compileMatchCondition, compilePolicy, type PolicyPrograms } from './expressions.ts';
export { checkTypes } from './type-check.ts';
