/**
 * Writes images as the archive that `docker load` reads (manifest.json, a configuration and layers each; Docker Image Specification
 * v1.2). The same contents give the same image IDs on every node, and images share layers.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../run-command.ts';

export interface ImageSpec {
  /** `name:tag`. */
  name: string;
  /** Directories that hold the layers' files, lowest first. */
  layers: readonly string[];
  config: {
    Entrypoint?: readonly string[];
    Cmd?: readonly string[];
    Env?: readonly string[];
    Labels?: Readonly<Record<string, string>>;
    StopSignal?: string;
    WorkingDir?: string;
  };
}

/** Writes `file` from the images, with `scratch` (which it empties) for what lies between. */
export async function writeImageArchive({
  images,
  file,
  scratch,
}: {
  images: readonly ImageSpec[];
  file: string;
  scratch: string;
}): Promise<void> {
  const contents = join(scratch, 'archive');
  mkdirSync(contents, { recursive: true });
  const digests = new Map<string, string>();
  for (const dir of new Set(images.flatMap(({ layers }) => layers))) digests.set(dir, await writeLayer(dir, contents));
  const manifest = images.map(({ name, layers, config }) => {
    const ids = layers.map((dir) => digests.get(dir) ?? '');
    const text = JSON.stringify({
      architecture: { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ...config },
      rootfs: { type: 'layers', diff_ids: ids.map((id) => `sha256:${id}`) },
      history: ids.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 't8s' })),
    });
    const id = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(contents, `${id}.json`), text);
    return { Config: `${id}.json`, RepoTags: [name], Layers: ids.map((layer) => `${layer}/layer.tar`) };
  });
  writeFileSync(join(contents, 'manifest.json'), JSON.stringify(manifest));
  await run('tar', ['-C', contents, '-cf', `${file}.new`, '.']);
  renameSync(`${file}.new`, file);
  rmSync(scratch, { recursive: true });
}

/** Resolves with the layer's digest, which names its directory in the archive. */
async function writeLayer(dir: string, contents: string): Promise<string> {
  const file = join(contents, 'layer.tar');
  const stable = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await run('tar', [...stable, '-C', dir, '-cf', file, '.']);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  const digest = hash.digest('hex');
  mkdirSync(join(contents, digest), { recursive: true });
  renameSync(file, join(contents, digest, 'layer.tar'));
  return digest;
}
