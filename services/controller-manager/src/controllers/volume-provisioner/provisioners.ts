import { isHost, type PersistentVolume, type PersistentVolumeClaim, type PersistentVolumeSpec, type StorageClass } from '@t8s/api';
import type { HelperTask } from '../../volumes/helper-pods.ts';

type Work = Pick<HelperTask, 'volume' | 'command' | 'node'>;

export interface Request {
  /** Of the volume to be. */
  name: string;
  claim: PersistentVolumeClaim;
  storageClass: StorageClass;
  /** Of the claim's first pod, and what its label for its own name says. */
  node?: { name: string; host: string };
}

/** What a class of storage provisions, and how its directories are made and deleted. */
export interface Provisioner {
  /** As classes name it. */
  name: string;
  /** The source of the volume and who may reach it, and what must be done before it is there. Throws UnusableClass. */
  make(request: Request): { spec: Partial<PersistentVolumeSpec>; prepare: Work };
  /** On the node that `hostOf` names, if any. Throws ForeignDirectory. */
  remove(volume: PersistentVolume): Omit<Work, 'node'>;
}

/** The volume is not where this provisioner would have made it: nothing there is for it to delete. */
export class ForeignDirectory extends Error {
  override readonly name = 'ForeignDirectory';
}

/** The class and the claim don't go together; the message says why. */
export class UnusableClass extends Error {
  override readonly name = 'UnusableClass';
}

/** The label of nodes that says which one it is. */
export const hostname = 'kubernetes.io/hostname';
/** Every user may write: who the pod's processes are is not known here. */
const create = (name: string): string[] => ['mkdir', '-m', '0777', '-p', `/volume/${name}`];
const remove = (name: string): string[] => ['rm', '-rf', `/volume/${name}`];

/** The node where the volume is, by its label. */
export function hostOf({ spec: { nodeAffinity } }: PersistentVolume): string | undefined {
  const [term] = nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return term?.matchExpressions?.find(({ key }) => key === hostname)?.values?.[0];
}

/** By their names. `directory` is where volumes are on every node, unless their class says otherwise. */
export function provisioners(directory: string): ReadonlyMap<string, Provisioner> {
  return new Map([directoryProvisioner(directory), nfsProvisioner].map((provisioner) => [provisioner.name, provisioner]));
}

/** A directory of the node where the claim's first pod runs: its other pods go there too. The class may name `path`. */
function directoryProvisioner(base: string): Provisioner {
  return {
    name: 't8s.local/directory',
    make({ name, claim, storageClass, node }) {
      refuse(claim, ['ReadWriteOnce', 'ReadWriteOncePod']);
      if (node === undefined)
        throw new UnusableClass('the class must have volumeBindingMode WaitForFirstConsumer: its volumes are on a node');
      const path = parentDirectory(storageClass.parameters?.['path'] ?? base);
      const matchExpressions = [{ key: hostname, operator: 'In', values: [node.host] }];
      return {
        spec: { local: { path: `${path}/${name}` }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } },
        prepare: { volume: hostDirectory(path), command: create(name), node: node.name },
      };
    },
    remove({ metadata: { name = '' }, spec }) {
      return { volume: hostDirectory(parentOf(spec.local?.path, name)), command: remove(name) };
    },
  };
}

/** A directory below the one that the class names by `server` and `path`. */
const nfsProvisioner: Provisioner = {
  name: 't8s.local/nfs',
  make({ name, claim, storageClass }) {
    refuse(claim, ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany']);
    const { server, path } = storageClass.parameters ?? {};
    if (!server || !path) throw new UnusableClass('the class must have the parameters server and path');
    if (!isHost(server)) throw new UnusableClass(`the parameter server must be a host name or an address: ${server}`);
    const parent = parentDirectory(path);
    return {
      spec: { nfs: { server, path: `${parent}/${name}` } },
      prepare: { volume: { nfs: { server, path: parent || '/' } }, command: create(name) },
    };
  },
  remove({ metadata: { name = '' }, spec }) {
    return { volume: { nfs: { server: spec.nfs?.server ?? '', path: parentOf(spec.nfs?.path, name) } }, command: remove(name) };
  },
};

const hostDirectory = (path: string): Work['volume'] => ({ hostPath: { path: path || '/', type: 'DirectoryOrCreate' } });

/** `path` without slashes at its end. */
function parentDirectory(path: string): string {
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new UnusableClass(`the parameter path must be absolute and without '..': ${path}`);
  return path.replace(/\/+$/, '');
}

/** Where the volume's own directory is: what is deleted there bears its name. */
function parentOf(path = '', name = ''): string {
  const parts = path.split('/');
  if (parts[0] !== '' || parts.at(-1) !== name || parts.includes('..'))
    throw new ForeignDirectory(`path ${JSON.stringify(path)} is not one that was made for volume ${name}`);
  return parts.slice(0, -1).join('/').replace(/\/+$/, '') || '/';
}

function refuse({ spec }: PersistentVolumeClaim, modes: readonly string[]): void {
  const other = spec.accessModes?.find((mode) => !modes.includes(mode));
  if (other !== undefined) throw new UnusableClass(`access mode ${other} is not supported`);
  if (spec.volumeMode === 'Block') throw new UnusableClass('volumeMode Block is not supported');
  if (spec.selector) throw new UnusableClass('claim.spec.selector is not supported for dynamic provisioning');
  if (spec.volumeAttributesClassName) throw new UnusableClass('volumeAttributesClassName is not supported');
  if (spec.dataSource || spec.dataSourceRef) throw new UnusableClass('a data source is not supported');
}
