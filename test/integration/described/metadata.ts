import type { ObjectMeta } from '@t8s/meta';

/** Times long gone: the ages of what they stamp are the same for a whole test. */
export const at = '2024-05-06T07:08:09Z';
export const later = '2024-05-06T07:18:00Z';
export const labels = { app: 'web', tier: 'front' };

export const named = (name: string, more: ObjectMeta = {}): ObjectMeta => ({ name, namespace: 'default', ...more });
