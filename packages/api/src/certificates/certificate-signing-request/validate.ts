/** certificates' validation (v1.34). What is stored already may stay, though a rule came later. */
import { X509Certificate } from 'node:crypto';
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required } from '@t8s/meta';
import { describeDifference } from '../../difference.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../generated/types.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { pemBlocks } from './pem.ts';
import { requestError } from './request.ts';
import { validateSignerName } from './signer-name.ts';

type Csr = CertificateSigningRequest;

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const legacySigner = 'kubernetes.io/legacy-unknown';
const shortest = 600;

export const validateCsr = (csr: Csr): FieldError[] => validateContent(csr);

/** What a write through the object itself, or a sub-resource, may do to the status. */
export interface StatusRights {
  approval?: boolean;
  certificate?: boolean;
}

export function validateCsrUpdate(csr: Csr, old: Csr, rights: StatusRights = {}): FieldError[] {
  return [...validateContent(csr, old), ...validateConditionChanges(csr, old, rights), ...validateCertificateChange(csr, old, rights)];
}

function validateContent(csr: Csr, old?: Csr): FieldError[] {
  const { request = '', signerName = '', expirationSeconds, usages: wanted = [] } = csr.spec;
  const { conditions = [], certificate = '' } = csr.status ?? {};
  const before = old?.spec.usages ?? [];
  const problem = requestError(request);
  const errors = problem === undefined ? [] : [invalidValue('spec.request', request, problem)];
  if (wanted.length === 0) errors.push(required('spec.usages', 'usages must be provided'));
  if (before.every((usage) => usages.includes(usage)))
    for (const [i, usage] of wanted.entries()) if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, usages));
  if (new Set(before).size === before.length)
    for (const [i, usage] of wanted.entries()) if (wanted.indexOf(usage) < i) errors.push(duplicate(`spec.usages[${i}]`, usage));
  if (signerName === legacySigner && old?.spec.signerName !== legacySigner)
    errors.push(invalidValue('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'));
  else errors.push(...validateSignerName('spec.signerName', signerName));
  if (expirationSeconds !== undefined && expirationSeconds < shortest)
    errors.push(invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  errors.push(...validateConditions(conditions, old?.status?.conditions ?? []));
  const oldCertificate = old?.status?.certificate ?? '';
  const isKept = old !== undefined && (certificate === oldCertificate || certificateError(oldCertificate) !== undefined);
  const flaw = isKept ? undefined : certificateError(certificate);
  return flaw === undefined ? errors : [...errors, invalidValue('status.certificate', '<certificate data>', flaw)];
}

/** States that are never taken back, and so are never false. */
const decisions = ['Approved', 'Denied', 'Failed'];

function validateConditions(
  conditions: readonly CertificateSigningRequestCondition[],
  old: readonly CertificateSigningRequestCondition[],
): FieldError[] {
  const types = conditions.map(({ type = '' }) => type);
  const oldTypes = old.map(({ type = '' }) => type);
  const wasBoth = oldTypes.includes('Approved') && oldTypes.includes('Denied');
  const wasDouble = new Set(oldTypes).size < oldTypes.length;
  return conditions.flatMap(({ status = '' }, i) => {
    const path = `status.conditions[${i}]`;
    const type = types[i] ?? '';
    const allowed = decisions.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    const other = { Approved: 'Denied', Denied: 'Approved' }[type];
    return [
      ...(type === '' && !oldTypes.includes('') ? [required(`${path}.type`)] : []),
      ...(status === '' ? [required(`${path}.status`)] : allowed.includes(status) ? [] : [notSupported(`${path}.status`, status, allowed)]),
      ...(!wasBoth && other !== undefined && types.slice(0, i).includes(other)
        ? [invalidValue(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(!wasDouble && types.indexOf(type) < i ? [duplicate(`${path}.type`, type)] : []),
    ];
  });
}

function validateConditionChanges(csr: Csr, old: Csr, { approval = false }: StatusRights): FieldError[] {
  const of = ({ status }: Csr, type: string): CertificateSigningRequestCondition[] =>
    (status?.conditions ?? []).filter((condition) => condition.type === type);
  const forbid = (rule: string): FieldError => forbiddenField('status.conditions', `updates may not ${rule}`);
  return [
    ...decisions
      .filter((type) => of(csr, type).length < of(old, type).length)
      .map((type) => forbid(`remove a condition of type "${type}"`)),
    ...(approval ? [] : ['Approved', 'Denied']).flatMap((type) => {
      const [now, before] = [of(csr, type), of(old, type)];
      if (now.length > before.length) return [forbid(`add a condition of type "${type}"`)];
      if (now.length < before.length || semanticEqual(now, before)) return [];
      return [forbid(`modify a condition of type "${type}"\n${describeDifference(before, now, 'status.conditions')}`)];
    }),
  ];
}

function validateCertificateChange(csr: Csr, old: Csr, rights: StatusRights): FieldError[] {
  const before = old.status?.certificate ?? '';
  if ((csr.status?.certificate ?? '') === before) return [];
  if (!rights.certificate) return [forbiddenField('status.certificate', 'updates may not set certificate content')];
  return before === '' ? [] : [forbiddenField('status.certificate', 'updates may not modify existing certificate content')];
}

/** One or more certificates, and nothing else. */
function certificateError(base64: string): string | undefined {
  if (base64 === '') return undefined;
  const blocks = pemBlocks(base64);
  for (const { type, hasHeaders, der } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
    if (der.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates';
    if (!isCertificate(der)) return 'x509: malformed certificate';
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).serialNumber !== undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
