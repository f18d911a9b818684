export * from './client.ts';
export * from './resource-client.ts';
export { ConnectionError, type TransportRequest } from './transport.ts';
export { lines } from './watch-events.ts';
