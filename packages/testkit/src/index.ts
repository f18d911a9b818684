export * from './eventually.ts';
export * from './fake-client.ts';
export * from './random.ts';
