import type { CustomResourceDefinition } from '../../generated/types.ts';

/** The version objects are written in joins those that some were written in. */
export function addStoredVersion(crd: CustomResourceDefinition): void {
  const version = crd.spec.versions?.find(({ storage }) => storage)?.name;
  if (version === undefined) return;
  const stored = crd.status?.storedVersions ?? [];
  if (!stored.includes(version)) crd.status = { ...crd.status, storedVersions: [...stored, version] };
}
