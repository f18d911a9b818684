import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { certificateSigningRequestKind } from '@t8s/api';
import type { KubeObject } from '@t8s/meta';
import { podWrite } from '../test-objects.ts';
import { certificateSubjectRestriction } from './plugin.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const der = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x82, body.length >> 8, body.length & 0xff]), body]);
};
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/** A PKCS #10 request of somebody in this organisation, as spec.request has it. */
function requestOf(organization: string): string {
  const subject = der(0x30, der(0x31, der(0x30, oid('55040a'), der(0x0c, Buffer.from(organization)))));
  const info = der(0x30, der(0x02, Buffer.from([0])), subject, keys.publicKey.export({ format: 'der', type: 'spki' }), der(0xa0));
  const signature = der(0x03, Buffer.from([0]), sign('sha256', info, keys.privateKey));
  const body = der(0x30, info, der(0x30, oid('2a8648ce3d040302')), signature).toString('base64');
  return Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64');
}

async function submit(organization: string, signerName: string): Promise<void> {
  const object = { metadata: { name: 'x' }, spec: { signerName, request: requestOf(organization) } } as unknown as KubeObject;
  const resource = { kind: certificateSigningRequestKind, storage: 'certificatesigningrequests' };
  await certificateSubjectRestriction.validate?.(podWrite({}, { resource, object }));
}

test('no client certificate for administrators', async () => {
  await assert.rejects(submit('system:masters', 'kubernetes.io/kube-apiserver-client'), {
    message:
      'certificatesigningrequests.certificates.k8s.io "x" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  });
  await submit('devs', 'kubernetes.io/kube-apiserver-client');
  // Other signers have rules of their own.
  await submit('system:masters', 'example.com/own');
});
