/** Messages about pod sandboxes. Optional fields may be absent or null on either side: proto3 has no difference. Times are nanoseconds. */
import type { ContainerStatus } from './container-messages.ts';

export type Strings = Record<string, string>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';
export type PodSandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';

export interface DnsConfig {
  servers: string[];
  searches: string[];
  options: string[];
}

export interface PortMapping {
  protocol: Protocol;
  containerPort: number;
  hostPort: number;
  hostIp: string;
}

export interface NamespaceOption {
  network: NamespaceMode;
  pid: NamespaceMode;
  ipc: NamespaceMode;
  targetId?: string;
}

export interface SecurityProfile {
  profileType: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  localhostRef?: string;
}

export interface LinuxSandboxSecurityContext {
  namespaceOptions?: NamespaceOption | null;
  runAsUser?: { value: number } | null;
  runAsGroup?: { value: number } | null;
  readonlyRootfs?: boolean;
  supplementalGroups?: number[];
  privileged?: boolean;
  seccomp?: SecurityProfile | null;
}

export interface PodSandboxMetadata {
  name: string;
  uid: string;
  namespace: string;
  attempt: number;
}

export interface PodSandboxConfig {
  metadata: PodSandboxMetadata;
  hostname?: string;
  logDirectory?: string;
  dnsConfig?: DnsConfig | null;
  portMappings?: PortMapping[];
  labels?: Strings;
  annotations?: Strings;
  linux?: { cgroupParent?: string; securityContext?: LinuxSandboxSecurityContext | null; sysctls?: Strings } | null;
}

export interface PodSandbox {
  id: string;
  metadata: PodSandboxMetadata;
  state: PodSandboxState;
  createdAt: number;
  labels: Strings;
  annotations: Strings;
  runtimeHandler?: string;
}

export interface PodSandboxStatus extends PodSandbox {
  network?: { ip: string; additionalIps: { ip: string }[] } | null;
  linux?: { namespaces?: { options?: NamespaceOption | null } | null } | null;
}

export interface PodSandboxFilter {
  id?: string;
  state?: { state: PodSandboxState } | null;
  labelSelector?: Strings;
}

export interface PodSandboxStatusResponse {
  status: PodSandboxStatus;
  info: Strings;
  containersStatuses: ContainerStatus[];
  timestamp: number;
}
