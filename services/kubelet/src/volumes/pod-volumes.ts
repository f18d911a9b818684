import { rm, stat } from 'node:fs/promises';
import { type Pod, type Volume, volumeSource } from '@t8s/api';
import type { PodDirs } from '../pods/pod-dirs.ts';
import { writePayload } from './atomic-writer.ts';
import { type ClaimedVolume, ClaimedVolumes, type ClaimSource } from './claimed-volumes.ts';
import { prepareEmptyDir } from './empty-dir.ts';
import { prepareHostPath } from './host-path.ts';
import { unmountUnder } from './mounts.ts';
import { mountNfs } from './nfs.ts';
import { giveToGroup } from './ownership.ts';
import { type PayloadSources, volumePayload } from './payload.ts';

/** A volume that can't be made ready, in the words of the FailedMount event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

/** Where a volume is on the host. */
export interface VolumePath {
  path: string;
  /** No container may write, whatever its mount says. */
  readOnly?: boolean;
}

/** By the names of a pod's volumes. */
export type VolumePaths = ReadonlyMap<string, VolumePath>;

export class PodVolumes {
  readonly #dirs: PodDirs;
  readonly #sources: PayloadSources;
  readonly #claimed: ClaimedVolumes;
  /** Volumes given to their pod's group, by the pod's uid: it is done once. */
  readonly #owned = new Map<string, Set<string>>();

  constructor(dirs: PodDirs, sources: PayloadSources & ClaimSource) {
    this.#dirs = dirs;
    this.#sources = sources;
    this.#claimed = new ClaimedVolumes(sources);
  }

  /** Makes all volumes of the pod ready and up to date. Idempotent: called again it refreshes what has changed. */
  async prepare(pod: Pod): Promise<VolumePaths> {
    return new Map(
      await Promise.all(
        (pod.spec.volumes ?? []).map(async (volume): Promise<[string, VolumePath]> => [volume.name, await this.#prepare(pod, volume)]),
      ),
    );
  }

  /** Unmounts and deletes all that the pod had on disk. */
  async remove(uid: string): Promise<void> {
    this.#claimed.forget(uid);
    this.#owned.delete(uid);
    await unmountUnder(this.#dirs.volumes(uid));
    await rm(this.#dirs.pod(uid), { recursive: true, force: true });
  }

  async #prepare(pod: Pod, volume: Volume): Promise<VolumePath> {
    const claimed = await this.#claimed.find(pod, volume).catch((error: Error) => {
      const why = `unmounted volumes=[${volume.name}], unattached volumes=[], failed to process volumes=[${volume.name}]: ${error.message}`;
      throw new VolumeError(`Unable to attach or mount volumes: ${why}`, { cause: error });
    });
    try {
      if (!claimed) return { path: await this.#place(pod, volume, volume) };
      return { path: await this.#placeClaimed(pod, volume, claimed), readOnly: claimed.readOnly };
    } catch (error) {
      throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`, { cause: error });
    }
  }

  async #placeClaimed(pod: Pod, { name: volumeName }: Volume, { name, spec, readOnly }: ClaimedVolume): Promise<string> {
    if (spec.volumeMode === 'Block') throw new Error('volumeMode Block is not supported by this kubelet');
    const { hostPath, local, nfs, mountOptions = [] } = spec;
    if (hostPath) return this.#place(pod, { name: volumeName }, { hostPath });
    if (nfs) return this.#place(pod, { name }, { nfs: { ...nfs, readOnly: nfs.readOnly === true || readOnly } }, mountOptions);
    if (!local) throw new Error(`volume type ${Object.keys(volumeSource(spec))[0] ?? 'none'} is not supported by this kubelet`);
    if (!(await isDirectory(local.path))) throw new Error(`path "${local.path}" does not exist`);
    if (!readOnly) await this.#own(pod, local.path);
    return local.path;
  }

  async #place(
    pod: Pod,
    { name }: Pick<Volume, 'name'>,
    source: Omit<Volume, 'name'>,
    mountOptions: readonly string[] = [],
  ): Promise<string> {
    const uid = pod.metadata.uid ?? '';
    const fsGroup = pod.spec.securityContext?.fsGroup;
    if (source.hostPath) {
      await prepareHostPath(source.hostPath.path, source.hostPath.type);
      return source.hostPath.path;
    }
    if (source.emptyDir) {
      const dir = this.#dirs.volume(uid, 'empty-dir', name);
      await prepareEmptyDir(dir, source.emptyDir, fsGroup);
      return dir;
    }
    if (source.nfs) {
      const dir = this.#dirs.volume(uid, 'nfs', name);
      await mountNfs(dir, source.nfs, mountOptions);
      return dir;
    }
    const payload = await volumePayload(pod, { ...source, name }, this.#sources);
    const type = Object.keys(source).find((key) => key !== 'name') ?? '';
    if (!payload) throw new Error(`volume type ${type || 'none'} is not supported by this kubelet`);
    const dir = this.#dirs.volume(uid, pluginNames[type] ?? type, name);
    await writePayload(dir, payload, fsGroup === undefined ? {} : { fsGroup });
    return dir;
  }

  /** Others may have written there before. */
  async #own({ metadata: { uid = '' }, spec: { securityContext } }: Pod, dir: string): Promise<void> {
    const { fsGroup, fsGroupChangePolicy } = securityContext ?? {};
    const owned = this.#owned.get(uid) ?? new Set();
    this.#owned.set(uid, owned);
    if (fsGroup === undefined || owned.has(dir)) return;
    await giveToGroup(dir, fsGroup, fsGroupChangePolicy);
    owned.add(dir);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

const pluginNames: Record<string, string> = { configMap: 'configmap', downwardAPI: 'downward-api' };
