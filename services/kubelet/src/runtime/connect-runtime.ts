import { CriError, connectCri, type ImageService, type RuntimeService } from '@t8s/cri';
import type { ContainerStreams } from './container-streams.ts';
import { createDockerRuntime } from './docker-runtime.ts';
import type { SandboxNetwork } from './sandbox-network.ts';

export interface RuntimeConnection {
  runtime: RuntimeService;
  images: ImageService;
  streams: ContainerStreams;
}

export interface ConnectRuntimeOptions {
  /** unix:///…: a CRI socket; empty for Docker in process. */
  endpoint: string;
  dockerSocket: string;
  pauseImage: string;
  network: SandboxNetwork;
}

export async function connectRuntime({ endpoint, dockerSocket, pauseImage, network }: ConnectRuntimeOptions): Promise<RuntimeConnection> {
  if (endpoint === '') return createDockerRuntime({ socketPath: dockerSocket, pauseImage, network });
  const { runtime, images } = await connectCri(endpoint);
  return { runtime, images, streams: { exec: notStreamed, attach: notStreamed, netnsOf: notStreamed } };
}

async function notStreamed(): Promise<never> {
  throw new CriError('Unimplemented', 'exec and attach are not forwarded to a runtime on a socket; logs and exec probes work');
}
