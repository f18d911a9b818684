export * from './controller.ts';
export * from './event-recorder.ts';
export * from './leader-elector.ts';
