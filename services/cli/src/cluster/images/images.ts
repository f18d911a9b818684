/** The images that a cluster runs with, built on this machine once per content, and loaded into each node's Docker. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { findProgram } from '../packages.ts';
import { SetupError } from '../setup-error.ts';
import { writeImageArchive } from './image-archive.ts';
import { writeBusyboxRoot, writeFileRoot, writeNodeRoot } from './root-files.ts';

export const pauseImage = 't8s.local/pause:1';
const apps = ['hello', 'dns', 'scheduler'] as const;
type App = (typeof apps)[number];
const appImage = (app: App): string => `t8s.local/${app}:1`;
export const imageNames: readonly string[] = [pauseImage, 't8s.local/busybox:1', ...apps.map(appImage)];
const contentLabel = 't8s.local/content';

/** For each image that runs a program of ours, the file of its bundle. */
export type ImageSources = Readonly<Record<App, string>>;

export interface ImageArchive {
  file: string;
  /** Of all that went into it: the label of its images. */
  content: string;
}

/** Builds the archive if it isn't there for exactly these contents; older ones are removed. */
export async function buildImages(dir: string, sources: ImageSources): Promise<ImageArchive> {
  const busybox = findProgram('busybox');
  if (busybox === undefined) throw new SetupError({ what: 'images', why: 'busybox is not on the PATH' });
  const node = realpathSync(process.execPath);
  const content = createHash('sha256')
    .update(
      JSON.stringify([
        programVersion(node),
        programVersion(realpathSync(busybox)),
        ...apps.map((app) => readFileSync(sources[app], 'utf8')),
      ]),
    )
    .digest('hex')
    .slice(0, 16);
  const file = join(dir, `${content}.tar`);
  if (existsSync(file)) return { file, content };
  rmSync(dir, { recursive: true, force: true });
  const scratch = join(dir, 'build');
  const layer = (name: string): string => {
    mkdirSync(join(scratch, name), { recursive: true });
    return join(scratch, name);
  };
  const [base, nodeLayer] = [layer('busybox'), layer('node')];
  await writeBusyboxRoot(base, busybox);
  await writeNodeRoot(nodeLayer, node);
  const Labels = { [contentLabel]: content };
  const image = (name: string, layers: string[], config: object): { name: string; layers: string[]; config: object } => ({
    name,
    layers,
    config: { Labels, ...config },
  });
  await writeImageArchive({
    images: [
      image(pauseImage, [base], { Entrypoint: ['/bin/sleep', 'infinity'], StopSignal: 'SIGKILL' }),
      image('t8s.local/busybox:1', [base], { Cmd: ['sh'] }),
      ...apps.map((app) => {
        // A bundle is an ES module: the name says so where no package.json does.
        writeFileRoot(layer(app), sources[app], `app/${app}.mjs`);
        return image(appImage(app), [base, nodeLayer, layer(app)], { Entrypoint: ['node', `/app/${app}.mjs`] });
      }),
    ],
    file,
    scratch,
  });
  return { file, content };
}

/** Loads the archive into the Docker behind a socket, unless it has these very images. Resolves with whether it did. */
export async function loadImages(socketPath: string, { file, content }: ImageArchive): Promise<boolean> {
  const docker = new Docker({ socketPath });
  const present = await Promise.all(imageNames.map((name) => contentOf(docker, name)));
  if (present.every((label) => label === content)) return false;
  const output = await docker.loadImage(createReadStream(file), { quiet: true });
  let text = '';
  for await (const chunk of output) text += String(chunk);
  const failure = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { error?: string }).error)
    .find((error) => error !== undefined);
  if (failure !== undefined) throw new SetupError({ what: `loading images into ${socketPath}`, why: failure });
  return true;
}

/** Removes our images from a Docker. */
export async function removeImages(socketPath: string): Promise<void> {
  const docker = new Docker({ socketPath });
  for (const name of imageNames) if ((await contentOf(docker, name)) !== undefined) await docker.getImage(name).remove({ force: true });
}

async function contentOf(docker: Docker, name: string): Promise<string | undefined> {
  try {
    const { Config } = await docker.getImage(name).inspect();
    return Config.Labels?.[contentLabel] ?? '';
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

function programVersion(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${mtimeMs}`;
}
