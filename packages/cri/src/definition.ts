/** Loads proto/cri once. gRPC is imported on first use: a kubelet with its runtime in process never pays for it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceClientConstructor, ServiceDefinition } from '@grpc/grpc-js';

const protoFile = 'proto/cri/runtime/v1/api.proto';

export interface CriDefinition {
  grpc: typeof import('@grpc/grpc-js');
  RuntimeService: ServiceClientConstructor & { service: ServiceDefinition };
  ImageService: ServiceClientConstructor & { service: ServiceDefinition };
}

let loaded: Promise<CriDefinition> | undefined;

export function criDefinition(): Promise<CriDefinition> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<CriDefinition> {
  const [grpc, { loadSync }] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
  const definition = loadSync(findUp(protoFile, dirname(fileURLToPath(import.meta.url))), {
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    objects: true,
  });
  const root = grpc.loadPackageDefinition(definition) as unknown as { runtime: { v1: Omit<CriDefinition, 'grpc'> } };
  return { grpc, ...root.runtime.v1 };
}

/** The file lies in the project's root: two levels up from a package, one up from a bundle. */
function findUp(file: string, from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, file);
    if (existsSync(candidate)) return candidate;
    if (dir === dirname(dir)) throw new Error(`${file} not found above ${from}`);
  }
}
