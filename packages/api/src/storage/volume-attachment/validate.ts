import { type FieldError, forbiddenField, isDns1123Subdomain, required, tooLong } from '@t8s/meta';
import { validateInlineVolume } from '../../core/persistent-volume/validate.ts';
import { validateDriverName } from '../../core/pod/validate-volumes.ts';
import { inRange, invalidBy } from '../../field-checks.ts';
import type { VolumeAttachment, VolumeAttachmentSource, VolumeError } from '../../generated/types.ts';
import { immutable } from '../../object-meta/validate.ts';

const maxMetadata = 256 * 1024;
const maxMessage = 1024;

export function validateVolumeAttachment({ spec, status = { attached: false } }: VolumeAttachment): FieldError[] {
  const { attacher = '', source = {}, nodeName = '' } = spec;
  const size = Object.entries(status.attachmentMetadata ?? {}).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return [
    ...(attacher === '' ? [required('spec.attacher')] : []),
    ...validateSource(source),
    ...invalidBy('spec.nodeName', nodeName, isDns1123Subdomain(nodeName)),
    ...(size > maxMetadata ? [tooLong('status.attachmentMetadata', maxMetadata)] : []),
    ...validateError(status.attachError, 'status.attachError'),
    ...validateError(status.detachError, 'status.detachError'),
  ];
}

/** What v1 asks besides, of new ones. */
export function validateVolumeAttachmentCreate({ spec: { attacher = '', source } }: VolumeAttachment): FieldError[] {
  const name = source?.persistentVolumeName;
  return [
    ...validateDriverName(attacher, 'spec.attacher'),
    ...(name === undefined ? [] : invalidBy('spec.source.persistentVolumeName', name, isDns1123Subdomain(name))),
  ];
}

export function validateVolumeAttachmentUpdate({ spec }: VolumeAttachment, old: VolumeAttachment): FieldError[] {
  return immutable('spec', spec, old.spec);
}

function validateSource({ inlineVolumeSpec, persistentVolumeName: name }: VolumeAttachmentSource): FieldError[] {
  const path = 'spec.source';
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec)
    return name === undefined ? validateInlineVolume(inlineVolumeSpec, `${path}.inlineVolumeSpec`) : [forbiddenField(path, exactlyOne)];
  if (name === undefined) return [required(path, exactlyOne)];
  return name === '' ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')] : [];
}

/** The limit that the message states is not the one that holds; upstream's is the same. */
function validateError(error: VolumeError | undefined, path: string): FieldError[] {
  if (!error) return [];
  return [
    ...((error.message?.length ?? 0) > maxMessage ? [tooLong(`${path}.message`, maxMetadata)] : []),
    ...inRange(`${path}.errorCode`, error.errorCode, 0, 2 ** 31 - 1),
  ];
}
