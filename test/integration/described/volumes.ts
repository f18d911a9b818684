import type { Volume } from '@t8s/api';

/** One of each kind that the server admits. */
export const volumes: Volume[] = [
  { name: 'host', hostPath: { path: '/var/log', type: 'Directory' } },
  { name: 'host-any', hostPath: { path: '/srv' } },
  { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  { name: 'plain', emptyDir: {} },
  { name: 'secret', secret: { secretName: 'one-key', optional: true } },
  { name: 'config', configMap: { name: 'one-key' } },
  {
    name: 'down',
    downwardAPI: {
      items: [
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
        { path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu' } },
      ],
    },
  },
  {
    name: 'token',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        { secret: { name: 'one-key', optional: true } },
      ],
    },
  },
  { name: 'claim', persistentVolumeClaim: { claimName: 'data', readOnly: true } },
  {
    name: 'fleeting',
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels: { a: 'b', c: 'd' }, annotations: { e: 'f' } },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
      },
    },
  },
  { name: 'csi', csi: { driver: 'csi.example.com', readOnly: true, volumeAttributes: { b: '2', a: '1' } } },
  { name: 'csi-plain', csi: { driver: 'csi.example.com' } },
  { name: 'nfs', nfs: { server: 'nfs.example.com', path: '/export' } },
  { name: 'iscsi', iscsi: { targetPortal: '192.0.2.1:3260', iqn: 'iqn.2001-04.com.example:storage', lun: 1, secretRef: { name: 'chap' } } },
  { name: 'fc', fc: { targetWWNs: ['500a0981891b8dc5', '500a0981891b8dc6'], lun: 2 } },
  { name: 'rbd', rbd: { monitors: ['192.0.2.1:6789', '192.0.2.2:6789'], image: 'disk' } },
  { name: 'ceph', cephfs: { monitors: ['192.0.2.1:6789'], path: '/x' } },
  { name: 'flex', flexVolume: { driver: 'example.com/lvm', options: { b: '2', a: '1' } } },
  { name: 'git', gitRepo: { repository: 'https://example.com/x.git' } },
  { name: 'gce', gcePersistentDisk: { pdName: 'disk', fsType: 'ext4' } },
  { name: 'azure-file', azureFile: { secretName: 's', shareName: 'share' } },
];
