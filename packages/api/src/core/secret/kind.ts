import type { Secret } from '../../generated/types.ts';
import { defineKind } from '../../kind.ts';

export const secretKind = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'Secret',
  strategy: {},
});
