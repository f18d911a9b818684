/** What a cluster on this machine is called, where its files are, and which addresses it has: one place for all names. */
import { join } from 'node:path';
import { nthAddress } from './ipv4.ts';

export interface ClusterSettings {
  /** node-0 is this machine; each further one is a host in a network namespace. */
  nodes: number;
  podCidr: string;
  serviceCidr: string;
  etcdPort: number;
  etcdPeerPort: number;
  /** We asked systemd to start the machine's Docker, and stop it again. */
  startedDocker?: boolean;
}

/** The network of the hosts; its first address is this machine's. */
export const hostNetwork = '10.89.0.0/24';
export const bridge = 't8s0';
export const clusterDomain = 'cluster.local';
export const apiserverPort = 6443;
export const contextName = 't8s';
/** Sockets, locks and what else ends with the machine's uptime. One cluster a machine: the names don't hold the data directory. */
export const runtimeDir = '/run/t8s';
export const supervisorSocket = join(runtimeDir, 'supervisor.sock');
export const machineDockerSocket = '/var/run/docker.sock';

export interface Host {
  name: string;
  index: number;
  address: string;
  /** Path of its network namespace; absent for this machine. */
  netns?: string;
  /** Files of the node. */
  dir: string;
  dockerSocket: string;
  /** Volatile files of its Docker daemon, where it is ours. */
  dockerRuntimeDir: string;
  cgroup: string;
}

export interface Cluster {
  dataDir: string;
  settings: ClusterSettings;
  hosts: readonly Host[];
  dnsAddress: string;
  /** The address of the service `kubernetes`. */
  serviceAddress: string;
  /** Where nodes reach the apiserver. */
  apiserverUrl: string;
  /** Path of a file in the PKI: `ca.crt`, `etcd/server.key`. */
  pki(file: string): string;
  /** Path of a kubeconfig: admin, super-admin, scheduler, controller-manager. */
  kubeconfig(name: string): string;
}

export function describeCluster(dataDir: string, settings: ClusterSettings): Cluster {
  const hosts = Array.from({ length: settings.nodes }, (_, index) => describeHost(dataDir, index));
  return {
    dataDir,
    settings,
    hosts,
    dnsAddress: nthAddress(settings.serviceCidr, 10),
    serviceAddress: nthAddress(settings.serviceCidr, 1),
    apiserverUrl: `https://${nthAddress(hostNetwork, 1)}:${apiserverPort}`,
    pki: (file) => join(dataDir, 'pki', file),
    kubeconfig: (name) => join(dataDir, `${name}.conf`),
  };
}

export function describeHost(dataDir: string, index: number): Host {
  const name = `node-${index}`;
  const dockerRuntimeDir = join(runtimeDir, name);
  return {
    name,
    index,
    address: nthAddress(hostNetwork, index + 1),
    ...(index > 0 && { netns: `/run/netns/t8s-${name}` }),
    dir: join(dataDir, 'nodes', name),
    dockerSocket: index === 0 ? machineDockerSocket : join(dockerRuntimeDir, 'docker.sock'),
    dockerRuntimeDir,
    cgroup: `/t8s-${name}`,
  };
}
