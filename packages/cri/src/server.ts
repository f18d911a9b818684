import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ContainerEvent } from './container-messages.ts';
import { CriError } from './cri-error.ts';
import { criDefinition } from './definition.ts';
import { type CallOptions, type ImageService, imageMethods, type RuntimeService, runtimeMethods } from './services.ts';

export interface ServeCriOptions {
  runtime: RuntimeService;
  images: ImageService;
  /** `unix:///run/t8s/cri.sock`, or `127.0.0.1:0`. */
  endpoint: string;
  signal: AbortSignal;
}

type Handler = (request: unknown, options: CallOptions) => Promise<unknown>;

/** Serves both services until the signal aborts (for crictl, or a kubelet elsewhere on the node). Resolves with the port, 0 for a socket. */
export async function serveCri({ runtime, images, endpoint, signal }: ServeCriOptions): Promise<number> {
  const { grpc, RuntimeService, ImageService } = await criDefinition();
  const server = new grpc.Server();
  server.addService(RuntimeService.service, {
    ...unaryHandlers(runtime as unknown as Record<string, Handler>, runtimeMethods),
    getContainerEvents: (call: ServerWritableStream<Record<string, never>, ContainerEvent>) => void sendEvents(runtime, call),
  });
  server.addService(ImageService.service, unaryHandlers(images as unknown as Record<string, Handler>, imageMethods));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(endpoint, grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  signal.addEventListener('abort', () => server.forceShutdown(), { once: true });
  return port;
}

function unaryHandlers(service: Record<string, Handler>, names: readonly string[]): UntypedServiceImplementation {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
        const abort = new AbortController();
        call.on('cancelled', () => abort.abort());
        const handler = service[name];
        if (!handler) return callback(grpcError(new CriError('Unimplemented', `the runtime has no ${name}`)));
        handler.call(service, call.request, { signal: abort.signal }).then(
          (answer) => callback(null, answer),
          (error: unknown) => callback(grpcError(error)),
        );
      },
    ]),
  );
}

async function sendEvents(runtime: RuntimeService, call: ServerWritableStream<Record<string, never>, ContainerEvent>): Promise<void> {
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort());
  try {
    for await (const event of runtime.getContainerEvents({}, { signal: abort.signal })) call.write(event);
    call.end();
  } catch (error) {
    call.emit('error', grpcError(error));
  }
}

function grpcError(error: unknown): { code: number; details: string } {
  if (error instanceof CriError) return { code: error.grpcCode, details: error.message };
  return { code: 2, details: error instanceof Error ? error.message : String(error) };
}
