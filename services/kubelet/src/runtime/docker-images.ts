import { type AuthConfig, CriError, type Image, type ImageService } from '@t8s/cri';
import type Docker from 'dockerode';
import { docker, dockerUnless } from './docker-error.ts';
import { jsonLines } from './json-lines.ts';

/** The image service over Docker. */
export class DockerImages implements ImageService {
  readonly #docker: Docker;
  /** References by image ID; emptied when an image changes its names. */
  readonly #references = new Map<string, string>();

  constructor(client: Docker) {
    this.#docker = client;
  }

  listImages: ImageService['listImages'] = async () => {
    const images = await docker(this.#docker.listImages());
    return {
      images: images.map((image) => ({
        id: image.Id,
        repoTags: named(image.RepoTags),
        repoDigests: named(image.RepoDigests),
        size: image.Size,
        username: '',
        pinned: false,
      })),
    };
  };

  imageStatus: ImageService['imageStatus'] = async ({ image }) => {
    try {
      const info = await docker(this.#docker.getImage(image.image).inspect());
      return { image: toImage(info), info: {} };
    } catch (error) {
      if (error instanceof CriError && error.code === 'NotFound') return { image: null, info: {} };
      throw error;
    }
  };

  pullImage: ImageService['pullImage'] = async ({ image, auth }, { signal } = {}) => {
    const stream = await docker(
      this.#docker.pull(withTag(image.image), { ...(auth && { authconfig: dockerAuth(auth) }), ...(signal && { abortSignal: signal }) }),
    );
    await finished(stream);
    this.#references.clear();
    const info = await docker(this.#docker.getImage(image.image).inspect());
    return { imageRef: info.Id };
  };

  removeImage: ImageService['removeImage'] = async ({ image }) => {
    await dockerUnless(this.#docker.getImage(image.image).remove(), 404);
    this.#references.clear();
    return {};
  };

  imageFsInfo: ImageService['imageFsInfo'] = async () => {
    const info = (await docker(this.#docker.info())) as { DockerRootDir: string };
    const { LayersSize: used } = (await docker(this.#docker.df())) as { LayersSize: number };
    const usage = { timestamp: Date.now() * 1e6, fsId: { mountpoint: info.DockerRootDir }, usedBytes: { value: used }, inodesUsed: null };
    return { imageFilesystems: [usage], containerFilesystems: [usage] };
  };

  /** How a pod's status names an image: by digest where a registry gave it one, else by ID. */
  async reference(imageId: string): Promise<string> {
    const known = this.#references.get(imageId);
    if (known !== undefined) return known;
    const { image } = await this.imageStatus({ image: { image: imageId } });
    const digest = image?.repoDigests[0];
    const reference = digest === undefined ? `docker://${imageId}` : `docker-pullable://${digest}`;
    this.#references.set(imageId, reference);
    return reference;
  }
}

function toImage(info: Docker.ImageInspectInfo): Image {
  const [user = ''] = (info.Config?.User ?? '').split(':');
  const isNumber = /^\d+$/.test(user);
  return {
    id: info.Id,
    repoTags: named(info.RepoTags),
    repoDigests: named(info.RepoDigests),
    size: info.Size,
    ...(isNumber && { uid: { value: Number(user) } }),
    username: isNumber ? '' : user,
    pinned: false,
  };
}

function named(names: string[] | null | undefined): string[] {
  return (names ?? []).filter((name) => !name.startsWith('<none>'));
}

/** Docker pulls every tag of a name that has none. */
function withTag(image: string): string {
  const rest = image.slice(image.lastIndexOf('/') + 1);
  return rest.includes(':') || rest.includes('@') ? image : `${image}:latest`;
}

function dockerAuth({ username, password, auth, serverAddress, identityToken, registryToken }: AuthConfig): Record<string, string> {
  const [user = '', ...secret] = auth ? Buffer.from(auth, 'base64').toString().split(':') : [];
  return {
    username: username || user,
    password: password || secret.join(':'),
    serveraddress: serverAddress ?? '',
    ...(identityToken && { identitytoken: identityToken }),
    ...(registryToken && { registrytoken: registryToken }),
  };
}

/** Reads the progress stream to its end; the last word may be an error. */
async function finished(stream: NodeJS.ReadableStream): Promise<void> {
  for await (const { error } of jsonLines<{ error?: string }>(stream))
    if (error !== undefined) throw new CriError('Unknown', `Error response from daemon: ${error}`);
}
