/** How etcd is reached. */
import { InterceptingCall, type InterceptorOptions, type NextCall } from '@grpc/grpc-js';
import { ConsecutiveBreaker, circuitBreaker, handleWhen, noop } from 'cockatiel';
import { Etcd3, isRecoverableError } from 'etcd3';

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

/** How long an endpoint that failed is passed over while there are others. Milliseconds. */
const passOverMs = 1000;

/**
 * A client that never repeats a call by itself: a write that was answered with an error may have happened, and its repetition
 * would report a conflict with itself. With one endpoint nothing but the connection decides whether it is tried.
 */
export function connect({ endpoints, ca, cert, key }: EtcdOptions): Etcd3 {
  const credentials = ca !== undefined && {
    rootCertificate: Buffer.from(ca),
    ...(key !== undefined && { privateKey: Buffer.from(key) }),
    ...(cert !== undefined && { certChain: Buffer.from(cert) }),
  };
  const host =
    endpoints.length === 1
      ? () => noop
      : () => circuitBreaker(handleWhen(isRecoverableError), { halfOpenAfter: passOverMs, breaker: new ConsecutiveBreaker(1) });
  return new Etcd3({
    hosts: [...endpoints],
    faultHandling: { host, global: noop },
    grpcOptions: {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
      // A machine that went without a word: found out within 15 s. etcd refuses more than one ping in 5 s.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5000,
    },
    ...(credentials && { credentials }),
  });
}

/** Makes a member of etcd that lost its leader end the stream, where it would fall silent (etcd's WithRequireLeader). */
export function requireLeader(options: InterceptorOptions, next: NextCall): InterceptingCall {
  return new InterceptingCall(next(options), {
    start(metadata, listener, start) {
      metadata.set('hasleader', 'true');
      start(metadata, listener);
    },
  });
}
