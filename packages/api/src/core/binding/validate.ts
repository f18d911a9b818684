import { type FieldError, notSupported, required } from '@t8s/meta';
import type { Binding } from '../../generated/types.ts';

/** Upstream's ValidatePodBinding: a pod is bound to a node, and that has a name. */
export function validateBinding({ target }: Binding): FieldError[] {
  const { kind = '', name = '' } = target ?? {};
  return [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name', '')] : []),
  ];
}
