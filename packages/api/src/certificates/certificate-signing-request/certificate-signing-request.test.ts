import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { fieldErrorMessage } from '@t8s/meta';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
  CertificateSigningRequestSpec,
} from '../../generated/types.ts';
import { partialUpdate } from '../../kind.ts';
import { certificateSigningRequestKind } from './kind.ts';

const { strategy, subresources, columns = [] } = certificateSigningRequestKind;
const approval = partialUpdate(certificateSigningRequestKind, 'approval') ?? assert.fail();

const der = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const pem = (type: string, data: Buffer): string =>
  Buffer.from(`-----BEGIN ${type}-----\n${data.toString('base64')}\n-----END ${type}-----\n`).toString('base64');

/** A PKCS #10 request without names, signed by `signer`, for the key of `subject`. */
function request(subject = generateKeyPairSync('ec', { namedCurve: 'P-256' }), signer = subject): string {
  const info = der(0x30, der(0x02, Buffer.from([0])), der(0x30), subject.publicKey.export({ format: 'der', type: 'spki' }), der(0xa0));
  const algorithm = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  return pem('CERTIFICATE REQUEST', der(0x30, info, algorithm, der(0x03, Buffer.from([0]), sign('sha256', info, signer.privateKey))));
}

const good: CertificateSigningRequestSpec = { request: request(), signerName: 'example.com/s', usages: ['client auth'] };
const of = (
  spec: Partial<CertificateSigningRequestSpec> = {},
  ...conditions: CertificateSigningRequestCondition[]
): CertificateSigningRequest => ({
  metadata: { name: 'c' },
  spec: { ...good, ...spec },
  status: { conditions },
});
const messages = (csr: CertificateSigningRequest): string[] => (strategy.validateCreate?.(csr) ?? []).map(fieldErrorMessage);
const approved: CertificateSigningRequestCondition = { type: 'Approved', status: 'True' };

test('the request is one, signed by the key it names', () => {
  assert.deepEqual(messages(of()), []);
  const key = (): ReturnType<typeof generateKeyPairSync> => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.match(
    messages(of({ request: request(key(), key()) })).join(),
    /^spec.request: Invalid value: ".*": x509: signature of the request/,
  );
  assert.match(messages(of({ request: pem('CERTIFICATE', Buffer.alloc(3)) })).join(), /: PEM block type must be CERTIFICATE REQUEST$/);
  assert.match(messages(of({ request: pem('CERTIFICATE REQUEST', Buffer.from('junk')) })).join(), /: asn1: structure error/);
  assert.match(messages(of({ request: 'anVuaw==' })).join(), /: PEM block type must be CERTIFICATE REQUEST$/);
});

test('each rule by an example', () => {
  const cases: [csr: CertificateSigningRequest, ...errors: string[]][] = [
    [of({ usages: [] }), 'spec.usages: Required value: usages must be provided'],
    [of({ usages: ['any', 'any'] }), 'spec.usages[1]: Duplicate value: "any"'],
    [
      of({ expirationSeconds: 599 }),
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
    ],
    [of({ signerName: '' }), 'spec.signerName: Required value: signerName must be provided'],
    [
      of({ signerName: 'x' }),
      `spec.signerName: Invalid value: "x": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
    ],
    [of({ signerName: 'x/y' }), 'spec.signerName: Invalid value: "x": should be a domain with at least two segments separated by dots'],
    [
      of({ signerName: 'kubernetes.io/legacy-unknown' }),
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
    [of({}, { ...approved, status: 'False' }), 'status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    [
      of({}, approved, { ...approved, type: 'Denied' }),
      'status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ],
    [of({}, approved, approved), 'status.conditions[1].type: Duplicate value: "Approved"'],
  ];
  for (const [csr, ...errors] of cases) assert.deepEqual(messages(csr), errors);
  assert.match(messages(of({ usages: ['x'] })).join(), /^spec.usages\[0\]: Unsupported value: "x": supported values: "any", "cert sign"/);
  assert.deepEqual(strategy.validateName?.('anything: goes'), []);
});

test('who asks is who the server says he is', () => {
  const csr = of({ username: 'root', groups: ['system:masters'] }, approved);
  strategy.prepareForCreate?.(csr, { name: 'jane', groups: ['dev'], extra: { a: ['b'] } });
  assert.deepEqual([csr.spec.username, csr.spec.groups, csr.spec.extra, csr.status], ['jane', ['dev'], { a: ['b'] }, {}]);
});

test('approvers decide, signers sign, nobody does both or takes it back', () => {
  const old = of();
  const decided = of({ usages: ['any'] }, { ...approved });
  decided.status = { ...decided.status, certificate: 'eA==' };
  approval.prepare(decided, old);
  assert.deepEqual([decided.spec, decided.status?.certificate], [old.spec, undefined]);
  assert.match(decided.status?.conditions?.[0]?.lastUpdateTime ?? '', /^\d{4}-/);
  assert.deepEqual(approval.validate(decided, old), []);
  const forbidden = (rule: string): string[] => [`status.conditions: Forbidden: updates may not ${rule} a condition of type "Approved"`];
  assert.deepEqual(approval.validate(old, decided).map(fieldErrorMessage), forbidden('remove'));
  assert.deepEqual(subresources?.status?.validate?.(decided, old).map(fieldErrorMessage), forbidden('add'));

  const signed = structuredClone(decided);
  signed.status = { conditions: [{ ...approved, reason: 'mine' }], certificate: 'eA==' };
  subresources?.status?.prepare?.(signed, decided);
  assert.deepEqual(signed.status.conditions, decided.status?.conditions, 'the decision stays as it was');
  assert.deepEqual(subresources?.status?.validate?.(signed, decided).map(fieldErrorMessage), [
    'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
  ]);
  assert.deepEqual((strategy.validateUpdate?.(signed, decided) ?? []).map(fieldErrorMessage).slice(-1), [
    'status.certificate: Forbidden: updates may not set certificate content',
  ]);
});

test('the row', () => {
  const csr = of({ username: 'jane', expirationSeconds: 86400 }, approved, { type: 'Failed', status: 'True' });
  assert.deepEqual(
    columns.map((column) => column.cell(csr, 0)),
    ['c', '<unknown>', 'example.com/s', 'jane', '24h', 'Approved,Failed'],
  );
});
