/** DNS messages (RFC 1035 §4, EDNS: RFC 6891) as bytes: queries read with care, answers written to fit. */
import { decode, encode, type OptAnswer } from 'dns-packet';
import type { ResourceRecord } from '../records/cluster-zone.ts';

export interface Query {
  readonly id: number;
  /** Lower case, without final dot. */
  readonly name: string;
  /** `A`, `AAAA` …; `UNKNOWN_65` and the like for types the library does not know. */
  readonly type: string;
  readonly class: string;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly edns: { readonly size: number; readonly version: number; readonly dnssecOk: boolean } | undefined;
  /** As it came. */
  readonly bytes: Buffer;
  /** The end of the question in `bytes`. */
  readonly questionEnd: number;
}

/** A query that can't be read, but whose header tells whom to say so. */
export interface BadQuery {
  readonly bad: true;
  readonly bytes: Buffer;
}

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type Rcode = keyof typeof rcodes;

export interface Answer {
  rcode: Rcode;
  authoritative?: boolean;
  answers?: readonly ResourceRecord[];
  authorities?: readonly ResourceRecord[];
  additionals?: readonly ResourceRecord[];
}

const headerLength = 12;
/** The first of its name's bytes in every message with a question: where names may point to. */
const questionPointer = Buffer.from([0xc0, headerLength]);
export const minimalSize = 512;
const ourSize = 4096;

/** Reads a query; undefined for what is not worth an answer: less than a header, or an answer itself (two servers would play ping-pong). */
export function parseQuery(bytes: Buffer): Query | BadQuery | undefined {
  if (bytes.length < headerLength || ((bytes[2] ?? 0) & 0x80) !== 0) return undefined;
  const flags = bytes.readUInt16BE(2);
  const questionEnd = bytes.readUInt16BE(4) === 1 ? endOfQuestion(bytes) : undefined;
  if (questionEnd === undefined) return { bad: true, bytes };
  try {
    const packet = decode(bytes);
    const question = packet.questions?.[0];
    const opts = (packet.additionals ?? []).filter((record): record is OptAnswer => record.type === 'OPT');
    if (!question || opts.length > 1) return { bad: true, bytes };
    const [opt] = opts;
    return {
      id: bytes.readUInt16BE(0),
      name: question.name === '.' ? '' : question.name.toLowerCase(),
      type: question.type,
      class: question.class ?? 'IN',
      opcode: (flags >> 11) & 0xf,
      recursionDesired: (flags & 0x100) !== 0,
      edns: opt && { size: Math.max(minimalSize, opt.udpPayloadSize), version: opt.ednsVersion, dnssecOk: opt.flag_do },
      bytes,
      questionEnd,
    };
  } catch (error) {
    // The decoder throws plain Errors and RangeErrors for every kind of malformed input.
    if (!(error instanceof Error)) throw error;
    return { bad: true, bytes };
  }
}

/** Where the question ends. Undefined where its name is cut off, too long, or points elsewhere, which a question's must not. */
function endOfQuestion(bytes: Buffer): number | undefined {
  let at = headerLength;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63) return undefined;
    at += length + 1;
    if (at - headerLength > 255) return undefined;
    if (length === 0) break;
  }
  return at + 4 <= bytes.length ? at + 4 : undefined;
}

/** Says FORMERR (RFC 1035 §4.1.1) with nothing but a header: the question could not be read. */
export function formatError({ bytes }: BadQuery): Buffer {
  const out = Buffer.alloc(headerLength);
  bytes.copy(out, 0, 0, 4);
  out.writeUInt16BE(0x8000 | (bytes.readUInt16BE(2) & 0x7900) | rcodes.FORMERR, 2);
  return out;
}

/** How many bytes an answer over UDP may have. */
export const udpLimit = ({ edns }: Query): number => Math.min(edns?.size ?? minimalSize, ourSize);

/**
 * Writes an answer of at most `limit` bytes: first additional records are left out, then answers, which sets TC (RFC 2181 §9).
 * A record under the question's name points to it.
 */
export function encodeAnswer(query: Query, answer: Answer, limit: number): Buffer {
  const { answers = [], authorities = [], additionals = [], authoritative = false } = answer;
  const code = rcodes[answer.rcode];
  const opt = query.edns ? encodeOpt(code, query.edns.dnssecOk) : undefined;
  const parts: Buffer[] = [];
  let room = limit - query.questionEnd - (opt?.length ?? 0);
  const add = (records: readonly ResourceRecord[]): number => {
    for (const [i, record] of records.entries()) {
      const bytes = encodeRecord(record, query.name);
      if (bytes.length > room) return i;
      room -= bytes.length;
      parts.push(bytes);
    }
    return records.length;
  };
  const answered = add(answers);
  const truncated = answered < answers.length;
  const authored = truncated ? 0 : add(authorities);
  const added = truncated ? 0 : add(additionals);
  const head = Buffer.from(query.bytes.subarray(0, query.questionEnd));
  const flags = 0x8000 | (query.opcode << 11) | (authoritative ? 0x400 : 0) | (truncated ? 0x200 : 0) | 0x80;
  head.writeUInt16BE(flags | (query.recursionDesired ? 0x100 : 0) | (code & 0xf), 2);
  head.writeUInt16BE(answered, 6);
  head.writeUInt16BE(authored, 8);
  head.writeUInt16BE(added + (opt ? 1 : 0), 10);
  return Buffer.concat(opt ? [head, ...parts, opt] : [head, ...parts]);
}

function encodeRecord(record: ResourceRecord, questionName: string): Buffer {
  const bytes = encode({ answers: [record] }).subarray(headerLength);
  if (record.name !== questionName || questionName === '') return bytes;
  const nameLength = Buffer.byteLength(questionName) + 2;
  return Buffer.concat([questionPointer, bytes.subarray(nameLength)]);
}

function encodeOpt(code: number, dnssecOk: boolean): Buffer {
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: ourSize,
    extendedRcode: code >> 4,
    ednsVersion: 0,
    flags: dnssecOk ? 0x8000 : 0,
    flag_do: dnssecOk,
    options: [],
  } as const satisfies OptAnswer & { options: [] };
  return encode({ additionals: [opt] }).subarray(headerLength);
}
