import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificateRequest } from './certificate-request.ts';

/** openssl req -new -subj /C=DE/O=one/O=two/OU=unit/CN=jane/serialNumber=77 -addext subjectAltName=… */
const pem = `-----BEGIN CERTIFICATE REQUEST-----
MIIBbjCCARUCAQAwVDELMAkGA1UEBhMCREUxDDAKBgNVBAoMA29uZTEMMAoGA1UE
CgwDdHdvMQ0wCwYDVQQLDAR1bml0MQ0wCwYDVQQDDARqYW5lMQswCQYDVQQFEwI3
NzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGCI418k2TrPu0R9tnXTnkCHm5r9
OUra/oY/ZpEJ2GMZZLdFoiwANjdhRcT+2APIVJ1+sMbL80FleSgLVgLREOagXzBd
BgkqhkiG9w0BCQ4xUDBOMEwGA1UdEQRFMEOCCWEuZXhhbXBsZYIJYi5leGFtcGxl
hwQKAAABgRBqYW5lQGV4YW1wbGUuY29thhNodHRwczovL2V4YW1wbGUuY29tMAoG
CCqGSM49BAMCA0cAMEQCIES43Jn/oorVN4MxRCZf+xkiKoO8x+7N9Wkz/1WW1Mfn
AiB559BhFqD41oCSNBC+YZ3LW/dNi/gYLiEWcAmg43nMRA==
-----END CERTIFICATE REQUEST-----`;

test('whom a request names', async () => {
  assert.deepEqual(await readCertificateRequest(pem), {
    subject: {
      commonName: 'jane',
      serialNumber: '77',
      organizations: ['one', 'two'],
      organizationalUnits: ['unit'],
      countries: ['DE'],
      localities: [],
      provinces: [],
    },
    names: { dns: ['a.example', 'b.example'], emails: ['jane@example.com'], uris: ['https://example.com'], ips: ['10.0.0.1'] },
  });
});
