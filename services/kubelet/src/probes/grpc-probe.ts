import { formatSeconds } from '../pods/pod-format.ts';
import { type ProbeResult, userAgent } from './probe-result.ts';

/** Numbers of grpc.health.v1.HealthCheckResponse.ServingStatus. */
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Asks grpc.health.v1.Health how `service` is (GRPC Health Checking Protocol); an empty one stands for the whole server. */
export async function grpcProbe(address: string, service: string, timeoutMs: number): Promise<ProbeResult> {
  const { Client, credentials, status } = await import('@grpc/grpc-js');
  const client = new Client(address, credentials.createInsecure(), { 'grpc.primary_user_agent': userAgent });
  const deadline = Date.now() + timeoutMs;
  const within = formatSeconds(timeoutMs);
  const failed = (output: string): ProbeResult => ({ ok: false, output });
  try {
    return await new Promise((resolve) => {
      client.waitForReady(deadline, (unreached) => {
        if (unreached)
          return resolve(failed(`timeout: failed to connect service "${address}" within ${within}: context deadline exceeded`));
        client.makeUnaryRequest('/grpc.health.v1.Health/Check', encodeText, decodeNumber, service, { deadline }, (error, answer) => {
          if (error?.code === status.UNIMPLEMENTED)
            resolve(failed(`error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.message}`));
          else if (error?.code === status.DEADLINE_EXCEEDED) resolve(failed(`timeout: health rpc did not complete within ${within}`));
          else if (error) resolve(failed(`error: health rpc probe failed: ${error.message}`));
          else if (answer === 1) resolve({ ok: true, output: 'service healthy' });
          else resolve(failed(`service unhealthy (responded with "${servingStatuses[answer ?? 0]}")`));
        });
      });
    });
  } finally {
    client.close();
  }
}

/** A protobuf message whose first field is a text, of less than 16 KiB. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return bytes.length === 0 ? bytes : Buffer.from([0x0a, ...length, ...bytes]);
}

/** The first field of a protobuf message where it is a small number: without it, 0. */
function decodeNumber(message: Buffer): number {
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}
