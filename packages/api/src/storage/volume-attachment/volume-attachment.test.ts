import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type { VolumeAttachment } from '../../generated/types.ts';
import { volumeAttachmentKind } from './kind.ts';

const { strategy, subresources, columns = [] } = volumeAttachmentKind;
const spec: VolumeAttachment['spec'] = { attacher: 'a.example.com', nodeName: 'n', source: { persistentVolumeName: 'p' } };
const messages = (source: VolumeAttachment['spec']['source']): string[] =>
  (strategy.validate?.({ metadata: {}, spec: { ...spec, source } }) ?? []).map(fieldErrorMessage);

test('a volume by name, or a CSI volume spelled out', () => {
  const csi = { driver: 'd', volumeHandle: 'h' };
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  assert.deepEqual(messages(spec.source), []);
  assert.deepEqual(messages({ inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], csi } }), []);
  assert.deepEqual(messages({}), [`spec.source: Required value: ${exactlyOne}`]);
  assert.deepEqual(messages({ persistentVolumeName: 'p', inlineVolumeSpec: {} }), [`spec.source: Forbidden: ${exactlyOne}`]);
  assert.deepEqual(messages({ inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], nfs: { server: 's', path: '/' }, claimRef: {} } }), [
    'spec.source.inlineVolumeSpec.claimRef: Forbidden: may not be specified in the context of inline volumes',
    'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
  ]);
  assert.match(
    (strategy.validateCreate?.({ metadata: {}, spec: { ...spec, attacher: 'a_b' } }) ?? []).map(fieldErrorMessage).join(),
    /^spec.attacher/,
  );
});

test('the spec stays, the status is written apart', () => {
  const old: VolumeAttachment = { metadata: { name: 'v' }, spec, status: { attached: true } };
  const attachment = structuredClone(old);
  strategy.prepareForCreate?.(attachment);
  assert.deepEqual(attachment.status, { attached: false });
  strategy.prepareForUpdate?.(attachment, old);
  assert.deepEqual(attachment.status, { attached: true });
  assert.match(
    (strategy.validateUpdate?.({ ...old, spec: { ...spec, nodeName: 'm' } }, old) ?? []).map(fieldErrorMessage).join(),
    /^spec: Invalid value: .*: field is immutable$/,
  );
  const failed = { ...old, status: { attached: false, attachError: { message: 'x'.repeat(1025), errorCode: -1 } } };
  assert.deepEqual((subresources?.status?.validate?.(failed, old) ?? []).map(fieldErrorMessage), [
    'status.attachError.message: Too long: may not be more than 262144 bytes',
    'status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]);
  assert.deepEqual(
    columns.map((column) => column.cell(old, 0)),
    ['v', 'a.example.com', 'p', 'n', true, '<unknown>'],
  );
});
