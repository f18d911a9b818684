export * from './dedup-queue.ts';
export * from './delaying-queue.ts';
export * from './work-queue.ts';
