import type { Examples } from './example.ts';

export const storage: Examples = {
  'storage.k8s.io/v1/csidrivers': {
    minimal: { spec: {} },
    full: {
      spec: {
        attachRequired: false,
        podInfoOnMount: true,
        volumeLifecycleModes: ['Ephemeral', 'Persistent'],
        storageCapacity: true,
        fsGroupPolicy: 'File',
        tokenRequests: [{ audience: 'vault', expirationSeconds: 3600 }],
        requiresRepublish: true,
        seLinuxMount: true,
      },
    },
  },
  'storage.k8s.io/v1/csinodes': {
    minimal: { spec: { drivers: [] } },
    full: { spec: { drivers: [{ name: 'csi.example.com', nodeID: 'n', topologyKeys: ['example.com/zone'], allocatable: { count: 10 } }] } },
  },
  'storage.k8s.io/v1/csistoragecapacities': {
    minimal: { storageClassName: 'fast' },
    full: { storageClassName: 'fast', nodeTopology: { matchLabels: { zone: 'a' } }, capacity: '10Gi', maximumVolumeSize: '5Gi' },
  },
  'storage.k8s.io/v1/storageclasses': {
    minimal: { provisioner: 'csi.example.com' },
    full: {
      provisioner: 'csi.example.com',
      parameters: { type: 'ssd' },
      reclaimPolicy: 'Retain',
      mountOptions: ['noatime'],
      allowVolumeExpansion: true,
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] }],
    },
  },
  'storage.k8s.io/v1/volumeattachments': {
    minimal: { spec: { attacher: 'csi.example.com', nodeName: 'node-x', source: { persistentVolumeName: 'pv' } } },
    full: { spec: { attacher: 'csi.example.com', nodeName: 'node-x', source: { persistentVolumeName: 'other' } } },
    status: { attached: false, attachError: { time: '2026-01-01T00:00:00Z', message: 'a message', errorCode: 3 } },
  },
  'storage.k8s.io/v1/volumeattributesclasses': {
    minimal: { driverName: 'csi.example.com', parameters: { iops: '100' } },
    full: { driverName: 'csi.example.com', parameters: { iops: '3000', throughput: '125' } },
  },
};
