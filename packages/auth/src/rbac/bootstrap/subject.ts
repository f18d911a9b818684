import type { RbacSubject } from '@t8s/api';

const apiGroup = 'rbac.authorization.k8s.io';

export const user = (name: string): RbacSubject => ({ apiGroup, kind: 'User', name });
export const group = (name: string): RbacSubject => ({ apiGroup, kind: 'Group', name });
/** A service account of kube-system. */
export const account = (name: string): RbacSubject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });
