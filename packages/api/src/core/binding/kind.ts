import type { Binding } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';
import { validateBinding } from './validate.ts';

/** The order to bind a pod to a node, in the older form that has a path of its own. */
export const bindingKind = defineKind<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  resource: 'bindings',
  singular: 'binding',
  namespaced: true,
  schema: 'Binding',
  stored: false,
  verbs: ['create'],
  strategy: { validate: validateBinding },
});
