/** What a certificate signing request (PKCS #10) asks for. */
import { reader, x509 } from './pem.ts';

export interface RequestedCertificate {
  subject: {
    commonName: string;
    serialNumber: string;
    organizations: string[];
    organizationalUnits: string[];
    countries: string[];
    localities: string[];
    provinces: string[];
  };
  names: { dns: string[]; emails: string[]; uris: string[]; ips: string[] };
}

/** Reads a PEM text. Throws CertificateError for one that is none. */
export async function readCertificateRequest(pem: string): Promise<RequestedCertificate> {
  const { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } = await x509();
  const { subjectName, extensions } = reader('certificate request', () => new Pkcs10CertificateRequest(pem))(pem);
  const all = (field: string): string[] => subjectName.getField(field);
  const names = [...extensions]
    .filter((extension) => extension instanceof SubjectAlternativeNameExtension)
    .flatMap((extension) => extension.names.items);
  const ofType = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => value);
  return {
    subject: {
      commonName: all('CN').at(-1) ?? '',
      // Its own attribute type, which has no short name.
      serialNumber: all('2.5.4.5').at(-1) ?? '',
      organizations: all('O'),
      organizationalUnits: all('OU'),
      countries: all('C'),
      localities: all('L'),
      provinces: all('ST'),
    },
    names: { dns: ofType('dns'), emails: ofType('email'), uris: ofType('url'), ips: ofType('ip') },
  };
}
