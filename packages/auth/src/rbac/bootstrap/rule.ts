import type { PolicyRule } from '@t8s/api';

/** Words with spaces between them; `''` written as `core` stands for the group without a name. */
export type Words = string;

const split = (words: Words): string[] => words.split(' ');
const sorted = (words: Words): string[] => split(words).sort();

/** What may be done with some resources: `rule('get list', 'core apps', 'pods deployments', 'only-this')`. */
export function rule(verbs: Words, groups: Words, resources: Words, names?: Words): PolicyRule {
  return {
    apiGroups: split(groups).map((group) => (group === 'core' ? '' : group)),
    ...(names !== undefined && { resourceNames: sorted(names) }),
    resources: sorted(resources),
    verbs: sorted(verbs),
  };
}

export function pathRule(verbs: Words, paths: Words): PolicyRule {
  return { nonResourceURLs: sorted(paths), verbs: sorted(verbs) };
}

export const read: Words = 'get list watch';
export const write: Words = 'create delete deletecollection patch update';
export const everything: Words = `${read} ${write}`;

export const recordEvents = rule('create patch update', 'core events.k8s.io', 'events');
