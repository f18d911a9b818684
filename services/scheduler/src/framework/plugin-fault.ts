/** A plugin could not do its part; the cause says why. Worded as upstream's events tell it. */
import type { Point } from './profile.ts';

export class PluginFault extends Error {
  override readonly name = 'PluginFault';

  constructor(point: Point, plugin: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`running ${point.charAt(0).toUpperCase()}${point.slice(1)} plugin ${JSON.stringify(plugin)}: ${reason}`, { cause });
  }
}
