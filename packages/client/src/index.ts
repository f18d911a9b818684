export * from './client.ts';
export * from './connection-error.ts';
export * from './request-token.ts';
export * from './resource-client.ts';
export { statusError, UpgradeError } from './status-error.ts';
export type { TransportRequest } from './transport.ts';
export { lines } from './watch-events.ts';
