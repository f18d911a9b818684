/** Where the kubelet keeps what belongs to a pod; the layout is upstream's. */
import { join } from 'node:path';

export class PodDirs {
  readonly root: string;

  constructor(rootDir: string) {
    this.root = join(rootDir, 'pods');
  }

  pod(uid: string): string {
    return join(this.root, uid);
  }

  etcHosts(uid: string): string {
    return join(this.pod(uid), 'etc-hosts');
  }

  /** `plugin` such as configmap or empty-dir: kubernetes.io~configmap/<name>. */
  volume(uid: string, plugin: string, name: string): string {
    return join(this.pod(uid), 'volumes', `kubernetes.io~${plugin}`, name);
  }

  volumes(uid: string): string {
    return join(this.pod(uid), 'volumes');
  }

  /** The termination message of one attempt of a container. */
  terminationMessage(uid: string, container: string, attempt: number): string {
    return join(this.pod(uid), 'containers', container, String(attempt));
  }
}
