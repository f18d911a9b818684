import type { CustomResourceDefinition } from '../../generated/types.ts';
import { addStoredVersion } from './stored-versions.ts';

/** What apiextensions/v1 fills in where the author left it out. */
export function setDefaults(crd: CustomResourceDefinition): void {
  const { spec } = crd;
  if (!crd.status?.storedVersions?.length) addStoredVersion(crd);
  if (spec.names) {
    spec.names.singular ||= (spec.names.kind ?? '').toLowerCase();
    if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= 443;
}
