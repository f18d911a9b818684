export * from './flags.ts';
export * from './health.ts';
export * from './kubeconfig.ts';
export * from './main.ts';
export * from './version.ts';
export * from './watched-files.ts';
