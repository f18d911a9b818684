/** Addresses that services have taken, as the IPAddress objects that upstream keeps of them (KEP-1880). */
import { randomUUID } from 'node:crypto';
import type { IPAddress } from '@t8s/api';
import { formatTime } from '@t8s/meta';
import type { ClaimForm } from './allocator.ts';

const managedBy = 'ipaddress.kubernetes.io/managed-by';
const allocator = 'ipallocator.k8s.io';

/** An owner is `namespace/name` of a service. */
export const ipAddressClaims: ClaimForm = {
  write(address, owner, at) {
    const [namespace = '', name = ''] = owner.split('/');
    return {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name: address,
        uid: randomUUID(),
        creationTimestamp: formatTime(at),
        labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', [managedBy]: allocator },
      },
      spec: { parentRef: { resource: 'services', namespace, name } },
    } satisfies IPAddress;
  },
  read(claim) {
    const { metadata, spec } = JSON.parse(claim.toString()) as IPAddress;
    if (metadata.labels?.[managedBy] !== allocator) return undefined;
    return { owner: `${spec.parentRef?.namespace}/${spec.parentRef?.name}`, at: Date.parse(metadata.creationTimestamp ?? '') };
  },
};
