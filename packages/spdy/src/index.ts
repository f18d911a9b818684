export type { Headers } from './header-block.ts';
export * from './spdy-error.ts';
export * from './spdy-session.ts';
export * from './spdy-stream.ts';
