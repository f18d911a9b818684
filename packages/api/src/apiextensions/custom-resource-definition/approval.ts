import { type FieldError, invalidValue, required } from '@t8s/meta';
import type { CustomResourceDefinition } from '../../generated/types.ts';

const annotation = 'api-approved.kubernetes.io';
const path = `metadata.annotations[${annotation}]`;
const link = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** Groups of the community's own take an approval: a URL, or a reason that starts with "unapproved" (KEP-1111). */
export function validateApproval(crd: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(crd.spec.group ?? '')) return [];
  const text = crd.metadata.annotations?.[annotation] ?? '';
  const state = stateOf(text);
  if (state === 'approved' || (old && stateOf(old.metadata.annotations?.[annotation] ?? '') === state)) return [];
  if (state === 'missing') return [required(path, `protected groups must have approval annotation "${annotation}", ${link}`)];
  const why = `protected groups must have approval annotation "${annotation}" with either a URL or a reason starting with "unapproved", ${link}`;
  return state === 'invalid' ? [invalidValue(path, text, why)] : [];
}

function stateOf(text: string): 'missing' | 'bypassed' | 'approved' | 'invalid' {
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(text) ? 'approved' : 'invalid';
}
