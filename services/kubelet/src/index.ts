export * from './config.ts';
export * from './kubelet.ts';
