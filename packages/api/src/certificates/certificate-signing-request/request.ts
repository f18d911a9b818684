/** A PKCS #10 request (RFC 2986): that it is one, and that who asks has the key it names. */
import { createPublicKey, verify } from 'node:crypto';
import { pemBlocks } from './pem.ts';

/** Hashes by the object identifier of the signature's algorithm, in hexadecimal; none where the algorithm has its own. */
const hashes: Record<string, string | null> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha1',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
};
const sequence = 0x30;
const bitString = 0x03;

/** What is wrong with `spec.request`; undefined for a request whose signature fits. */
export function requestError(base64: string): string | undefined {
  const [block] = pemBlocks(base64);
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  const parts = children(block.der);
  const [info, algorithm, signature] = parts;
  const subjectKey = info && children(info.whole)[2];
  if (parts.length !== 3 || !info || !algorithm || !subjectKey || signature?.tag !== bitString)
    return 'asn1: structure error: not a certificate request';
  const hash = hashes[children(algorithm.whole)[0]?.content.toString('hex') ?? ''];
  if (hash === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
  return isSigned(info.whole, { key: subjectKey.whole, hash, signature: signature.content.subarray(1) })
    ? undefined
    : 'x509: signature of the request does not fit its key';
}

function isSigned(data: Buffer, { key, hash, signature }: { key: Buffer; hash: string | null; signature: Buffer }): boolean {
  try {
    return verify(hash, data, createPublicKey({ key, format: 'der', type: 'spki' }), signature);
  } catch (error) {
    // A key that OpenSSL can't read has signed nothing.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

interface Element {
  tag: number;
  content: Buffer;
  /** With tag and length. */
  whole: Buffer;
}

/** The elements of a DER sequence (X.690); none where it is no sequence, or doesn't end where it says. */
function children(der: Buffer): Element[] {
  const outer = element(der);
  if (outer?.tag !== sequence || outer.whole.length !== der.length) return [];
  const found: Element[] = [];
  for (let rest = outer.content; rest.length > 0; ) {
    const next = element(rest);
    if (!next) return [];
    found.push(next);
    rest = rest.subarray(next.whole.length);
  }
  return found;
}

function element(der: Buffer): Element | undefined {
  const [tag, first] = der;
  if (tag === undefined || first === undefined) return undefined;
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (extra > 4 || der.length < 2 + extra) return undefined;
  const length = extra === 0 ? first : der.readUIntBE(2, extra);
  const end = 2 + extra + length;
  return end > der.length ? undefined : { tag, content: der.subarray(2 + extra, end), whole: der.subarray(0, end) };
}
