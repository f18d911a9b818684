export * from './cache/cached-object.ts';
export * from './cache/resource-cache.ts';
export * from './cache/watch-cache.ts';
export { runCompactor } from './etcd/compactor.ts';
export type { EtcdOptions } from './etcd/etcd-client.ts';
export * from './etcd/etcd-process.ts';
export { EtcdStore } from './etcd/etcd-store.ts';
export * from './object-bytes.ts';
export * from './store.ts';
