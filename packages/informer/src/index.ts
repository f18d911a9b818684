export * from './indexer.ts';
export * from './informer.ts';
export * from './informer-set.ts';
export * from './reflector.ts';
