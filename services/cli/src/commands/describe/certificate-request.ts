import { type CertificateSigningRequest, certificateSigningRequestKind, formatLabels } from '@t8s/api';
import { humanDuration } from '@t8s/meta';
import { type Describer, describeOwnEvents } from './describer.ts';
import { type Description, longTime } from './description.ts';

const conditionColumn = certificateSigningRequestKind.columns?.find(({ name }) => name === 'Condition');

export const describeCertificateRequest: Describer<CertificateSigningRequest> = async (subject) => {
  const { object, to, session } = subject;
  const { metadata, spec } = object;
  // Loaded here: no other description needs to read certificates, which takes its time to load.
  const { readCertificateRequest } = await import('@t8s/auth');
  const { subject: who, names } = await readCertificateRequest(Buffer.from(spec.request, 'base64').toString());
  to.line(0, 'Name:', metadata.name);
  to.map('Labels', metadata.labels);
  to.line(0, 'Annotations:', formatLabels(metadata.annotations));
  to.line(0, 'CreationTimestamp:', longTime(metadata.creationTimestamp));
  to.line(0, 'Requesting User:', spec.username);
  if (spec.signerName) to.line(0, 'Signer:', spec.signerName);
  if (spec.expirationSeconds !== undefined) to.line(0, 'Requested Duration:', humanDuration(spec.expirationSeconds * 1000));
  to.line(0, 'Status:', String(conditionColumn?.cell(object, session.io.now()) ?? ''));
  to.line(0, 'Subject:');
  to.line(0, '', 'Common Name:', who.commonName);
  to.line(0, '', 'Serial Number:', who.serialNumber);
  describeList(to, 'Organization', who.organizations);
  describeList(to, 'Organizational Unit', who.organizationalUnits);
  describeList(to, 'Country', who.countries);
  describeList(to, 'Locality', who.localities);
  describeList(to, 'Province', who.provinces);
  if (Object.values(names).some((list) => list.length > 0)) to.line(0, 'Subject Alternative Names:');
  describeList(to, 'DNS Names', names.dns);
  describeList(to, 'Email Addresses', names.emails);
  describeList(to, 'URIs', names.uris);
  describeList(to, 'IP Addresses', names.ips);
  await describeOwnEvents(subject);
};

function describeList(to: Description, title: string, [first, ...rest]: readonly string[]): void {
  if (first === undefined) return;
  to.line(0, '', `${title}:`, first);
  for (const value of rest) to.line(0, '', '', value);
}
