import { ageColumn, nameColumn } from '../../columns.ts';
import { defaultVolumeSource } from '../../core/persistent-volume/defaults.ts';
import type { VolumeAttachment } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import { defineKind, ownMetadata } from '../../kind.ts';
import { validateVolumeAttachment, validateVolumeAttachmentCreate, validateVolumeAttachmentUpdate } from './validate.ts';

export const volumeAttachmentKind = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  schema: 'VolumeAttachment',
  subresources: { status: { keeps: ownMetadata, validate: validateVolumeAttachment } },
  columns: [
    nameColumn,
    {
      name: 'Attacher',
      type: 'string',
      format: 'name',
      description: 'attacher indicates the name of the volume driver that MUST handle this request.',
      cell: ({ spec }) => spec.attacher ?? '',
    },
    {
      name: 'PV',
      type: 'string',
      description: 'persistentVolumeName represents the name of the persistent volume to attach.',
      cell: ({ spec }) => spec.source?.persistentVolumeName ?? '',
    },
    {
      name: 'Node',
      type: 'string',
      description: 'nodeName represents the node that the volume should be attached to.',
      cell: ({ spec }) => spec.nodeName ?? '',
    },
    {
      name: 'Attached',
      type: 'boolean',
      description: 'attached indicates the volume is successfully attached.',
      cell: ({ status }) => status?.attached ?? false,
    },
    ageColumn,
  ],
  strategy: {
    returnsDeleted: true,
    unconditionalUpdate: false,
    defaults({ spec }) {
      const inline = spec.source?.inlineVolumeSpec;
      if (!inline) return;
      inline.volumeMode ??= 'Filesystem';
      defaultVolumeSource(inline);
    },
    prepareForCreate(attachment) {
      attachment.status = { attached: false };
    },
    prepareForUpdate(attachment, old) {
      keepFields(attachment, old, ['status']);
    },
    validate: validateVolumeAttachment,
    validateCreate: validateVolumeAttachmentCreate,
    validateUpdate: validateVolumeAttachmentUpdate,
  },
});
