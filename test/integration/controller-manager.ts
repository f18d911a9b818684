import { type Component, startComponent } from './component.ts';
import type { Cluster } from './harness.ts';

export type ControllerManager = Component;

/** A real controller manager beside an apiserver of the harness. It leads at once; `args` are further flags. */
export const startControllerManager = (cluster: Cluster, args: readonly string[]): Promise<ControllerManager> =>
  startComponent(cluster, 'controller-manager', args);
