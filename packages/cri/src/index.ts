export * from './client.ts';
export * from './container-messages.ts';
export * from './container-stats.ts';
export * from './cri-error.ts';
export * from './image-messages.ts';
export * from './sandbox-messages.ts';
export * from './server.ts';
export * from './services.ts';
