export * from './config.ts';
export * from './kubelet.ts';
export type { Access } from './server/access.ts';
