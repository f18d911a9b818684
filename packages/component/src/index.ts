export * from './flags.ts';
export * from './followed-files.ts';
export * from './health.ts';
export * from './held.ts';
export * from './kubeconfig.ts';
export * from './main.ts';
export * from './version.ts';
