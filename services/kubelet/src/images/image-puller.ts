import type { Container, Pod, Secret } from '@t8s/api';
import type { Clock } from '@t8s/async';
import type { Image, ImageService } from '@t8s/cri';
import { KeyedBackoff } from '../pods/restart-backoff.ts';
import { credentialsFor } from './pull-credentials.ts';

/** Why a container has no image: `reason` is its waiting reason. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'ErrImageNeverPull' | 'ImageInspectError';
  /** Milliseconds until the next try; undefined where another try is of no use. */
  readonly retryAfter: number | undefined;

  constructor(reason: ImageError['reason'], message: string, retryAfter?: number) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

export interface ImagePullerOptions {
  images: ImageService;
  event(pod: Pod, container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void;
  secrets(pod: Pod): Promise<Secret[]>;
  clock: Clock;
}

interface Failure {
  at: number;
  message: string;
}

/** Gets images by pull policy; pulls of one image are one, failures back off from 10 s to 5 min. */
export class ImagePuller {
  readonly #options: ImagePullerOptions;
  readonly #backoff: KeyedBackoff;
  readonly #failures = new Map<string, Failure>();
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(options: ImagePullerOptions) {
    this.#options = options;
    this.#backoff = new KeyedBackoff(options.clock);
  }

  /** Resolves with the image when it is on the node. Throws ImageError, its events written. */
  async ensure(pod: Pod, container: Container): Promise<Image> {
    const { event } = this.#options;
    const name = container.image ?? '';
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    const present = await this.#status(name);
    if (present && policy !== 'Always') {
      event(pod, container, 'Normal', 'Pulled', `Container image "${name}" already present on machine`);
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image "${name}" is not present with pull policy of Never`;
      event(pod, container, 'Warning', 'ErrImageNeverPull', message);
      throw new ImageError('ErrImageNeverPull', message);
    }
    return this.#pull(pod, container, name);
  }

  forget(uid: string): void {
    this.#backoff.forget(`${uid}_`);
    for (const key of this.#failures.keys()) if (key.startsWith(`${uid}_`)) this.#failures.delete(key);
  }

  async #pull(pod: Pod, container: Container, name: string): Promise<Image> {
    const { event, clock } = this.#options;
    const key = `${pod.metadata.uid}_${name}`;
    const failure = this.#failures.get(key);
    const wait = failure ? this.#backoff.remaining(key, failure.at) : 0;
    if (failure && wait > 0) {
      event(pod, container, 'Normal', 'BackOff', `Back-off pulling image "${name}"`);
      throw new ImageError('ImagePullBackOff', `Back-off pulling image "${name}": ErrImagePull: ${failure.message}`, wait);
    }
    event(pod, container, 'Normal', 'Pulling', `Pulling image "${name}"`);
    const began = clock.now();
    try {
      await this.#pullOnce(pod, name);
    } catch (error) {
      const { message } = error as Error;
      event(pod, container, 'Warning', 'Failed', `Failed to pull image "${name}": ${message}`);
      this.#backoff.next(key, clock.now());
      this.#failures.set(key, { at: clock.now(), message });
      throw new ImageError('ErrImagePull', message, 0);
    }
    this.#failures.delete(key);
    const image = await this.#status(name);
    if (!image) throw new ImageError('ImageInspectError', `image "${name}" was pulled, but is not there`, 10_000);
    const took = `${((clock.now() - began) / 1000).toFixed(3).replace(/\.?0+$/, '')}s`;
    event(
      pod,
      container,
      'Normal',
      'Pulled',
      `Successfully pulled image "${name}" in ${took} (${took} including waiting). Image size: ${image.size} bytes.`,
    );
    return image;
  }

  /** Pods that want the same image wait for one pull, unless credentials differ from pod to pod. */
  async #pullOnce(pod: Pod, name: string): Promise<void> {
    const secrets = await this.#options.secrets(pod);
    const auths = credentialsFor(name, secrets);
    const key = `${name} ${JSON.stringify(auths)}`;
    let pull = this.#pulls.get(key);
    if (!pull) {
      pull = this.#tryEach(name, auths).finally(() => this.#pulls.delete(key));
      this.#pulls.set(key, pull);
    }
    await pull;
  }

  async #tryEach(image: string, auths: ReturnType<typeof credentialsFor>): Promise<void> {
    let last: unknown;
    for (const auth of auths.length > 0 ? auths : [undefined]) {
      try {
        await this.#options.images.pullImage({ image: { image }, ...(auth && { auth }) });
        return;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #status(name: string): Promise<Image | null> {
    try {
      return (await this.#options.images.imageStatus({ image: { image: name } })).image;
    } catch (error) {
      throw new ImageError('ImageInspectError', `Failed to inspect image "${name}": ${(error as Error).message}`, 10_000);
    }
  }
}
