import type { ChannelOptions, Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { ContainerEvent } from './container-messages.ts';
import { criErrorOf } from './cri-error.ts';
import { criDefinition } from './definition.ts';
import { type CallOptions, type ImageService, imageMethods, type RuntimeService, runtimeMethods } from './services.ts';

export interface CriConnection {
  runtime: RuntimeService;
  images: ImageService;
  close(): void;
}

type Method = (request: unknown, callback: (error: ServiceError | null, answer: unknown) => void) => { cancel(): void };

/** 16 MiB: what upstream allows a message to be. */
const channelOptions: ChannelOptions = { 'grpc.max_receive_message_length': 16 * 1024 * 1024 };

/** Both services of the runtime at `endpoint` (`unix:///run/containerd/containerd.sock`). Connects on the first call. */
export async function connectCri(endpoint: string): Promise<CriConnection> {
  const { grpc, RuntimeService, ImageService } = await criDefinition();
  const credentials = grpc.credentials.createInsecure();
  const runtimeClient = new RuntimeService(endpoint, credentials, channelOptions);
  const imageClient = new ImageService(endpoint, credentials, channelOptions);
  const runtime = {
    ...unaryMethods(runtimeClient, runtimeMethods),
    getContainerEvents: (request: unknown, options?: CallOptions) => streamEvents(runtimeClient, request, options),
  };
  return {
    runtime: runtime as unknown as RuntimeService,
    images: unaryMethods(imageClient, imageMethods) as unknown as ImageService,
    close: () => {
      runtimeClient.close();
      imageClient.close();
    },
  };
}

function unaryMethods(client: Client, names: readonly string[]): Record<string, unknown> {
  const methods = client as unknown as Record<string, Method | undefined>;
  return Object.fromEntries(
    names.map((name) => [
      name,
      (request: unknown, options: CallOptions = {}) =>
        new Promise((resolve, reject) => {
          const call = methods[name]?.call(client, request, (error, answer) =>
            error ? reject(criErrorOf(error.code, error.details, error)) : resolve(answer),
          );
          options.signal?.addEventListener('abort', () => call?.cancel(), { once: true });
        }),
    ]),
  );
}

async function* streamEvents(client: Client, request: unknown, { signal }: CallOptions = {}): AsyncGenerator<ContainerEvent> {
  const open = (client as unknown as { getContainerEvents(request: unknown): ClientReadableStream<ContainerEvent> }).getContainerEvents;
  const stream = open.call(client, request);
  const cancel = (): void => stream.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of stream) yield event as ContainerEvent;
  } catch (error) {
    if (signal?.aborted) return;
    throw criErrorOf((error as ServiceError).code, (error as ServiceError).details, error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    stream.cancel();
  }
}
