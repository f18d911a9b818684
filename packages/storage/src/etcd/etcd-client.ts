/** The endpoints of one etcd as one: whichever answers. */
import { GrpcChannel, GrpcError, type GrpcStream, grpcCode, type StreamHandler } from './grpc-channel.ts';
import type { Method } from './messages.ts';

export interface EtcdOptions {
  /** `https://host:port`, one or more. */
  endpoints: readonly string[];
  /** PEM texts: the CA of etcd's certificates, and our client certificate with its key. */
  ca?: string;
  cert?: string;
  key?: string;
  /** How long a call may take before etcd counts as away. Milliseconds. */
  timeout?: number;
}

export interface CallOptions {
  /** Milliseconds. */
  timeout: number;
  /**
   * The call changes nothing, so that another endpoint may be asked when one fails. A write that failed may have happened,
   * and its repetition would report a conflict with itself.
   */
  isRead?: boolean;
}

/** Stays with one endpoint until that fails, then goes on with the next. */
export class EtcdClient {
  readonly #channels: readonly GrpcChannel[];
  #current = 0;

  constructor({ endpoints, ca, cert, key }: EtcdOptions) {
    const tls = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
    this.#channels = endpoints.map((endpoint) => new GrpcChannel({ endpoint, ...tls }));
  }

  /** Throws GrpcError. */
  async call<Request, Response>(method: Method<Request, Response>, request: Request, options: CallOptions): Promise<Response> {
    const bytes = method.encode(request);
    for (let tries = 1; ; tries++) {
      const channel = this.#channel();
      try {
        return method.decode(await channel.call(method.path, bytes, options.timeout));
      } catch (error) {
        if (!this.#passOver(channel, error) || !options.isRead || tries >= this.#channels.length) throw error;
      }
    }
  }

  stream(path: string, metadata: Record<string, string>, { message, end }: StreamHandler): GrpcStream {
    const channel = this.#channel();
    return channel.stream(path, metadata, {
      message,
      end: (error) => {
        this.#passOver(channel, error);
        end(error);
      },
    });
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #channel(): GrpcChannel {
    return this.#channels[this.#current] as GrpcChannel;
  }

  /** Turns to the next endpoint when this one is away; tells whether it is. */
  #passOver(channel: GrpcChannel, error: unknown): boolean {
    if (!(error instanceof GrpcError && (error.code === grpcCode.unavailable || error.code === grpcCode.deadlineExceeded))) return false;
    if (channel === this.#channel()) this.#current = (this.#current + 1) % this.#channels.length;
    return true;
  }
}
