export * from './backoff.ts';
export * from './clock.ts';
export * from './fake-clock.ts';
export * from './first-index.ts';
export * from './heap.ts';
