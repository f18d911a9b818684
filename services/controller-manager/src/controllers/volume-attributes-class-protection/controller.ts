/** Keeps VolumeAttributesClasses as long as a claim or a volume names them. */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  volumeAttributesClassKind,
} from '@t8s/api';
import type { Controller } from '@t8s/controller';
import type { ControllerContext } from '../../context.ts';
import { protectionController } from '../../protection.ts';

export function volumeAttributesClassProtection(context: ControllerContext): Controller {
  const claims = context.informers.informer(persistentVolumeClaimKind, { indexers: { attributesClass: classesOfClaim } });
  const volumes = context.informers.informer(persistentVolumeKind, { indexers: { attributesClass: classesOfVolume } });
  const controller = protectionController(context, {
    name: 'vacprotection',
    kind: volumeAttributesClassKind,
    finalizer: 'kubernetes.io/vac-protection',
    informers: [claims, volumes],
    isUsed: ({ metadata: { name = '' } }) => [claims, volumes].some((users) => users.byIndex('attributesClass', name).length > 0),
  });
  const gone = (before: readonly string[], now: readonly string[] = []): void => {
    for (const name of before) if (!now.includes(name)) controller.enqueue(name);
  };
  claims.addHandler({
    updated: (claim, old) => gone(classesOfClaim(old), classesOfClaim(claim)),
    deleted: (claim) => gone(classesOfClaim(claim)),
  });
  volumes.addHandler({
    updated: (volume, old) => gone(classesOfVolume(old), classesOfVolume(volume)),
    deleted: (volume) => gone(classesOfVolume(volume)),
  });
  return controller;
}

const named = (...names: (string | undefined)[]): string[] => [...new Set(names.flatMap((name) => name || []))];

const classesOfVolume = ({ spec }: PersistentVolume): string[] => named(spec.volumeAttributesClassName);

/** What a claim asks for, has, and is on its way to. */
const classesOfClaim = ({ spec, status = {} }: PersistentVolumeClaim): string[] =>
  named(
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  );
