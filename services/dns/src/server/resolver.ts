/** From a query to its answer: the cluster's own names from memory, all others from upstream servers. */
import { randomInt } from 'node:crypto';
import type { Logger } from '@t8s/telemetry';
import { decode, encode, RECURSION_DESIRED, type RecordType } from 'dns-packet';
import type { ClusterZone, ResourceRecord } from '../records/cluster-zone.ts';
import { AnswerCache } from './answer-cache.ts';
import { ForwardError, type Forwarder } from './forwarder.ts';
import { type Answer, encodeAnswer, formatError, parseQuery, type Query, udpLimit } from './message.ts';

export type Transport = 'udp' | 'tcp';

export interface ResolverOptions {
  zone: ClusterZone;
  forwarder: Forwarder;
  log: Logger;
  cache?: AnswerCache;
}

/** Names one ExternalName leads to another through, at most. */
const maxAliases = 8;
const tcpLimit = 0xffff;
const standardQuery = 0;

export class Resolver {
  readonly #zone: ClusterZone;
  readonly #forwarder: Forwarder;
  readonly #cache: AnswerCache;
  readonly #log: Logger;
  /** A name nobody else asks for: when it comes in, our own questions come back to us. */
  readonly #probe = `${randomInt(2 ** 47)}.${randomInt(2 ** 47)}`;
  #loops = false;

  constructor({ zone, forwarder, log, cache = new AnswerCache() }: ResolverOptions) {
    this.#zone = zone;
    this.#forwarder = forwarder;
    this.#cache = cache;
    this.#log = log;
  }

  /** Resolves with the answer's bytes; undefined where none is due. Never rejects for what a client sends. */
  async resolve(bytes: Buffer, transport: Transport): Promise<{ query?: Query; answer: Buffer } | undefined> {
    const query = parseQuery(bytes);
    if (!query) return undefined;
    if ('bad' in query) return { answer: formatError(query) };
    return { query, answer: await this.#answer(query, transport) };
  }

  /**
   * Asks upstream for a name that only we know. Where our upstream servers are, by some detour, ourselves, each forwarded query
   * would go round for ever: then none is forwarded any more.
   */
  async detectLoop(): Promise<void> {
    const question = encode({ type: 'query', id: 0, questions: [{ type: 'HINFO', name: this.#probe }] });
    try {
      await this.#forwarder.forward(question, question.length, 'udp');
    } catch (error) {
      if (!(error instanceof ForwardError)) throw error;
      this.#log.warn({ err: error }, 'upstream servers do not answer');
    }
  }

  async #answer(query: Query, transport: Transport): Promise<Buffer> {
    const limit = transport === 'udp' ? udpLimit(query) : tcpLimit;
    if (query.edns && query.edns.version !== 0) return encodeAnswer(query, { rcode: 'BADVERS' }, limit);
    if (query.opcode !== standardQuery || query.type === 'AXFR' || query.type === 'IXFR')
      return encodeAnswer(query, { rcode: 'NOTIMP' }, limit);
    if (query.name === this.#probe) return this.#foundLoop(query, limit);
    if (query.class === 'IN') {
      const answer = await this.#clusterAnswer(query, transport);
      if (answer) return encodeAnswer(query, answer, limit);
    }
    return this.#forwardedAnswer(query, transport, limit);
  }

  #foundLoop(query: Query, limit: number): Buffer {
    if (!this.#loops) this.#log.error('the upstream servers lead back here: names outside the cluster are refused');
    this.#loops = true;
    return encodeAnswer(query, { rcode: 'REFUSED' }, limit);
  }

  /** Undefined: not a name of the cluster's. */
  async #clusterAnswer({ name, type }: Query, transport: Transport): Promise<Answer | undefined> {
    // Before the first list is here we know nothing; to deny names would be a lie that clients remember.
    if (!this.#zone.isReady) return this.#zone.owns(name) ? { rcode: 'SERVFAIL' } : undefined;
    const first = this.#zone.lookup(name, type);
    if (!first) return undefined;
    const answers = shuffled(first.answers);
    let next = type === 'CNAME' ? undefined : first.alias;
    for (let hops = 0; next !== undefined; hops++) {
      if (hops === maxAliases) return { rcode: 'SERVFAIL' };
      const target: string = next;
      const lookup = this.#zone.lookup(target, type);
      answers.push(...(lookup ? shuffled(lookup.answers) : await this.#resolveElsewhere(target, type, transport)));
      next = lookup?.alias;
    }
    const negative = answers.length === 0;
    return {
      rcode: first.exists ? 'NOERROR' : 'NXDOMAIN',
      authoritative: true,
      answers,
      authorities: negative ? [this.#zone.soa()] : [],
      additionals: first.additionals,
    };
  }

  /** The records of a name outside the cluster; none where nobody knows it. */
  async #resolveElsewhere(name: string, type: string, transport: Transport): Promise<ResourceRecord[]> {
    if (this.#loops || type.startsWith('UNKNOWN')) return [];
    const question = encode({ type: 'query', id: 0, flags: RECURSION_DESIRED, questions: [{ type: type as RecordType, name }] });
    try {
      const { answers = [] } = decode(await this.#forwarder.forward(question, question.length, transport));
      return answers.filter((record): record is ResourceRecord => chasedTypes.has(record.type));
    } catch (error) {
      this.#log.debug({ name, err: error }, 'the target of an ExternalName Service could not be resolved');
      return [];
    }
  }

  async #forwardedAnswer(query: Query, transport: Transport, limit: number): Promise<Buffer> {
    if (this.#loops) return encodeAnswer(query, { rcode: 'REFUSED' }, limit);
    const cached = this.#cache.get(query, transport);
    if (cached) return cached;
    try {
      const answer = await this.#forwarder.forward(query.bytes, query.questionEnd, transport);
      this.#cache.put(query, transport, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof ForwardError)) throw error;
      this.#log.debug({ name: query.name, err: error }, 'not forwarded');
      return encodeAnswer(query, { rcode: 'SERVFAIL' }, limit);
    }
  }
}

/** Types whose data the library reads and writes as records of ours. */
const chasedTypes = new Set<string>(['A', 'AAAA', 'CNAME', 'SRV', 'TXT']);

/** Clients tend to take the first address: each answer starts elsewhere. */
function shuffled(records: readonly ResourceRecord[]): ResourceRecord[] {
  const out = [...records];
  for (let i = out.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    const [a, b] = [out[i], out[j]];
    if (a && b) [out[i], out[j]] = [b, a];
  }
  return out;
}
