export * from './eventually.ts';
export * from './fake-client.ts';
