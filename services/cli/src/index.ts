export type { Io } from './io.ts';
export { kubectl } from './kubectl.ts';
