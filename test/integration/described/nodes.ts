import type { Node } from '@t8s/api';
import { at, later } from './metadata.ts';

const condition = (type: string, status: string, reason: string): Record<string, string> & { type: string; status: string } => ({
  type,
  status,
  reason,
  message: `about ${type}`,
  lastHeartbeatTime: later,
  lastTransitionTime: at,
});

export const nodes: Node[] = [
  {
    metadata: {
      name: 'node-0',
      labels: {
        'kubernetes.io/hostname': 'node-0',
        'node-role.kubernetes.io/worker': '',
        'node-role.kubernetes.io/edge': '',
        'kubernetes.io/role': 'old',
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      podCIDR: '10.244.0.0/24',
      podCIDRs: ['10.244.0.0/24', 'fd00::/64'],
      providerID: 'kind://node-0',
      unschedulable: true,
      taints: [
        { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
        { key: 'dedicated', value: 'web', effect: 'NoExecute' },
        { key: 'a', effect: 'NoSchedule' },
      ],
    },
    status: {
      capacity: {
        cpu: '4',
        memory: '8039552Ki',
        'ephemeral-storage': '100Gi',
        pods: '110',
        'hugepages-2Mi': '512Mi',
        'example.com/gpu': '2',
      },
      allocatable: {
        cpu: '3800m',
        memory: '7Gi',
        'ephemeral-storage': '90Gi',
        pods: '110',
        'hugepages-2Mi': '512Mi',
        'example.com/gpu': '2',
      },
      conditions: [condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'), condition('Ready', 'True', 'KubeletReady')],
      addresses: [
        { type: 'InternalIP', address: '10.89.0.1' },
        { type: 'Hostname', address: 'node-0' },
      ],
      nodeInfo: {
        machineID: '0123456789abcdef',
        systemUUID: '00000000-1111-2222-3333-444444444444',
        bootID: '55555555-1111-2222-3333-444444444444',
        kernelVersion: '6.1.0-18-amd64',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        operatingSystem: 'linux',
        architecture: 'amd64',
        containerRuntimeVersion: 'docker://20.10.24',
        kubeletVersion: 'v1.34.0+t8s.0',
        kubeProxyVersion: '',
      },
    },
  },
  { metadata: { name: 'node-1' }, spec: {}, status: { capacity: { cpu: '2', memory: '2Gi' } } },
];
