/** What a write leaves of a claim: its status, and where its data comes from. */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';

export function prepareClaimForCreate(claim: PersistentVolumeClaim): void {
  claim.status = { phase: 'Pending' };
  prepareDataSources(claim.spec);
}

export function prepareClaimForUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): void {
  keepFields(claim, old, ['status']);
  prepareDataSources(claim.spec, old.spec);
}

/**
 * `dataSource` takes claims and snapshots only and drops the rest, `dataSourceRef` takes anything; each says what the other
 * does (KEP-1495). References into other namespaces are an alpha feature that is off.
 */
function prepareDataSources(spec: PersistentVolumeClaimSpec, old?: PersistentVolumeClaimSpec): void {
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef;
  if (!old?.dataSource && !old?.dataSourceRef && !spec.dataSourceRef && spec.dataSource && !isClassic(spec.dataSource))
    delete spec.dataSource;
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { namespace: _, ...source } = dataSourceRef;
    spec.dataSource = source;
  }
}

const isClassic = ({ apiGroup = '', kind }: NonNullable<PersistentVolumeClaimSpec['dataSource']>): boolean =>
  (apiGroup === '' && kind === 'PersistentVolumeClaim') || (apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot');
