/** What stands in PEM texts (RFC 7468), as Go's decoder reads them: text around the blocks does no harm. */
export interface PemBlock {
  type: string;
  /** Lines `Name: value` before the data (RFC 1421). */
  hasHeaders: boolean;
  der: Buffer;
}

/** `base64`: of the text, as the API carries it. */
export function pemBlocks(base64: string): PemBlock[] {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return [...text.matchAll(/^-----BEGIN ([^-\r\n]*)-----[ \t]*\r?\n([\s\S]*?)^-----END \1-----/gm)].flatMap(([, type = '', body = '']) => {
    const lines = body.split(/\r?\n/);
    const data = lines.filter((line) => !line.includes(':')).join('');
    if (!/^[A-Za-z0-9+/=\s]*$/.test(data)) return [];
    return [{ type, hasHeaders: lines.some((line) => line.includes(':')), der: Buffer.from(data, 'base64') }];
  });
}
