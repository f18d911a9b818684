export * from './dedupe-queue.ts';
export * from './delay-queue.ts';
export * from './fifo.ts';
export * from './queue.ts';
export * from './rate-limiter.ts';
export * from './token-bucket.ts';
export * from './work-queue.ts';
