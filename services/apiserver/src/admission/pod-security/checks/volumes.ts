/** Volumes that pods bring themselves rather than claim. */
import type { Volume } from '@t8s/api';
import { type Check, type Judge, plural, quoted, sorted } from './check.ts';

const allowed = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];
const typeOf = ({ name: _, ...source }: Volume): string => Object.keys(source)[0] ?? 'unknown';

const restrictedVolumes: Judge = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((volume) => !allowed.includes(typeOf(volume)));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map(typeOf));
  const who = `${plural(bad.length, 'volume')} ${quoted(bad.map(({ name }) => name))} ${plural(bad.length, 'uses', 'use')}`;
  return { reason: 'restricted volume types', detail: `${who} ${plural(types.length, 'restricted volume type')} ${quoted(types)}` };
};

export const volumeChecks: readonly Check[] = [
  { id: 'restrictedVolumes', level: 'restricted', overrides: 'hostPathVolumes', versions: [[0, restrictedVolumes]] },
];
