import { rm } from 'node:fs/promises';
import type { Pod, Volume } from '@t8s/api';
import type { PodDirs } from '../pods/pod-dirs.ts';
import { writePayload } from './atomic-writer.ts';
import { prepareEmptyDir } from './empty-dir.ts';
import { prepareHostPath } from './host-path.ts';
import { unmountUnder } from './mounts.ts';
import { type PayloadSources, volumePayload } from './payload.ts';

/** A volume that can't be made ready, in the words of the FailedMount event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

/** Host paths of a pod's volumes by their names. */
export type VolumePaths = ReadonlyMap<string, string>;

export class PodVolumes {
  readonly #dirs: PodDirs;
  readonly #sources: PayloadSources;

  constructor(dirs: PodDirs, sources: PayloadSources) {
    this.#dirs = dirs;
    this.#sources = sources;
  }

  /** Makes all volumes of the pod ready and up to date. Idempotent: called again it refreshes what has changed. */
  async prepare(pod: Pod): Promise<VolumePaths> {
    return new Map(
      await Promise.all(
        (pod.spec.volumes ?? []).map(async (volume): Promise<[string, string]> => [volume.name, await this.#prepare(pod, volume)]),
      ),
    );
  }

  /** Unmounts and deletes all that the pod had on disk. */
  async remove(uid: string): Promise<void> {
    await unmountUnder(this.#dirs.volumes(uid));
    await rm(this.#dirs.pod(uid), { recursive: true, force: true });
  }

  async #prepare(pod: Pod, volume: Volume): Promise<string> {
    try {
      return await this.#place(pod, volume);
    } catch (error) {
      throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`, { cause: error });
    }
  }

  async #place(pod: Pod, volume: Volume): Promise<string> {
    const uid = pod.metadata.uid ?? '';
    const fsGroup = pod.spec.securityContext?.fsGroup;
    if (volume.hostPath) {
      await prepareHostPath(volume.hostPath.path, volume.hostPath.type);
      return volume.hostPath.path;
    }
    if (volume.emptyDir) {
      const dir = this.#dirs.volume(uid, 'empty-dir', volume.name);
      await prepareEmptyDir(dir, volume.emptyDir, fsGroup);
      return dir;
    }
    const payload = await volumePayload(pod, volume, this.#sources);
    const type = Object.keys(volume).find((key) => key !== 'name') ?? '';
    if (!payload) throw new Error(`volume type ${type || 'none'} is not supported by this kubelet`);
    const dir = this.#dirs.volume(uid, pluginNames[type] ?? type, volume.name);
    await writePayload(dir, payload, fsGroup === undefined ? {} : { fsGroup });
    return dir;
  }
}

const pluginNames: Record<string, string> = { configMap: 'configmap', downwardAPI: 'downward-api' };
