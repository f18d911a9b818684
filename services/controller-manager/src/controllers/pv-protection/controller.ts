/** Keeps volumes as long as a claim is bound to them. */
import { persistentVolumeKind } from '@t8s/api';
import type { Controller } from '@t8s/controller';
import type { ControllerContext } from '../../context.ts';
import { protectionController } from '../../protection.ts';

export const pvProtection = (context: ControllerContext): Controller =>
  protectionController(context, {
    name: 'pvprotection',
    kind: persistentVolumeKind,
    finalizer: 'kubernetes.io/pv-protection',
    isUsed: ({ status }) => status?.phase === 'Bound',
  });
