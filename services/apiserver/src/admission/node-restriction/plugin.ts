/** Keeps kubelets to their own: node, lease, pods (upstream's NodeRestriction, v1.34). What the Node authorizer can't see, bodies, is looked at here. */
import { isDeepStrictEqual } from 'node:util';
import type { CertificateSigningRequest, Node } from '@t8s/api';
import { type Authorizer, CertificateError, nodeOf, readCertificateRequest } from '@t8s/auth';
import type { KubeObject } from '@t8s/meta';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';
import { forbiddenLabels } from './labels.ts';
import { admitEviction, admitMirrorPod, admitPodDeletion, admitPodStatus, admitToken } from './pods.ts';

export function nodeRestriction(objects: ObjectStore, authorize: Authorizer): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    mutate: (write) => (nodeOf(write.context.user) === undefined ? undefined : admit(requestOf(write))),
    review: (request) => (nodeOf(request.context.user) === undefined ? undefined : admit(request)),
  };

  async function admit(request: AdmissionRequest): Promise<void> {
    const { user } = request.context;
    const node = nodeOf(user) ?? '';
    if (node === '') throw forbiddenBy(request, `could not determine node from user "${user.name}"`);
    if (request.operation === 'CONNECT') return;
    const { kind } = request.resource;
    switch (`${kind.group}/${kind.resource}`) {
      case '/pods':
        return admitPod(request, node);
      case '/nodes':
        return admitNode(request, node);
      case '/persistentvolumeclaims':
        return admitClaim(request, node);
      case '/serviceaccounts':
        return request.operation === 'CREATE' && request.subresource === 'token'
          ? admitToken(request, node, { objects, authorize })
          : undefined;
      case 'certificates.k8s.io/certificatesigningrequests':
        return request.operation === 'CREATE' && request.subresource === '' ? admitCsr(request, node) : undefined;
      case 'coordination.k8s.io/leases':
        return ownName(request, node, 'can only access node lease with the same name as the requesting node');
      case 'storage.k8s.io/csinodes':
        return ownName(request, node, 'can only access CSINode with the same name as the requesting node');
    }
  }

  async function admitPod(request: AdmissionRequest, node: string): Promise<void> {
    const { operation, subresource } = request;
    if (subresource === 'status') return operation === 'UPDATE' ? admitPodStatus(request, node) : refuseOperation(request);
    if (subresource === 'eviction') return operation === 'CREATE' ? admitEviction(request, node, objects) : refuseOperation(request);
    if (subresource !== '')
      throw forbiddenBy(request, `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`);
    if (operation === 'CREATE') {
      const uid = objects.cache.resource('nodes').get(node)?.object.metadata.uid ?? '';
      return admitMirrorPod(request, { name: node, uid });
    }
    if (operation === 'DELETE') return admitPodDeletion(request, node);
    throw forbiddenBy(request, `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`);
  }
}

function refuseOperation(request: AdmissionRequest): never {
  throw forbiddenBy(request, `unexpected operation "${request.operation}"`);
}

function ownName(request: AdmissionRequest, node: string, why: string): void {
  if (request.name !== node) throw forbiddenBy(request, why);
}

const kubeletSigners = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];

/** A node asks for certificates of its own name only. */
async function admitCsr(request: AdmissionRequest, node: string): Promise<void> {
  const { spec } = request.object as CertificateSigningRequest;
  if (!kubeletSigners.includes(spec.signerName)) return;
  if ((await commonName()) !== `system:node:${node}`) throw forbiddenBy(request, `can only create a node CSR with CN=system:node:${node}`);

  async function commonName(): Promise<string> {
    try {
      return (await readCertificateRequest(Buffer.from(spec.request ?? '', 'base64').toString())).subject.commonName;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      throw forbiddenBy(request, `unable to parse csr: ${error.message}`);
    }
  }
}

function admitNode(request: AdmissionRequest, node: string): void {
  const { operation, name } = request;
  const object = request.object as Node | undefined;
  const old = request.old as Node | undefined;
  if (name !== node) throw forbiddenBy(request, `node "${node}" is not allowed to modify node "${name}"`);
  if (operation === 'DELETE' || !object) return;
  const labels = forbiddenLabels(object.metadata.labels, old?.metadata.labels);
  if (!old) {
    if (labels.length > 0) throw forbiddenBy(request, `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`);
    if (object.metadata.ownerReferences?.length) throw forbiddenBy(request, `node "${node}" is not allowed to set ownerReferences`);
    return;
  }
  if (!same(object.spec.taints, old.spec.taints)) throw forbiddenBy(request, `node "${node}" is not allowed to modify taints`);
  if (labels.length > 0) throw forbiddenBy(request, `is not allowed to modify labels: ${labels.join(', ')}`);
  if (!same(object.metadata.ownerReferences, old.metadata.ownerReferences))
    throw forbiddenBy(request, `node "${node}" is not allowed to modify ownerReferences`);
}

const same = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean => isDeepStrictEqual(a, b);

/** Of claims of its pods the sizes, as resizing goes on. */
function admitClaim(request: AdmissionRequest, node: string): void {
  const { operation, subresource, object, old } = request;
  if (subresource !== 'status') throw forbiddenBy(request, `unexpected pvc subresource "${subresource}", only 'status' is allowed`);
  if (operation !== 'UPDATE' || !object || !old) refuseOperation(request);
  if (!isDeepStrictEqual(withoutStatus(object), withoutStatus(old)))
    throw forbiddenBy(request, `node "${node}" is not allowed to update fields other than status`);
}

function withoutStatus({ metadata, ...rest }: KubeObject): unknown {
  const { managedFields: _, resourceVersion: _version, ...kept } = metadata;
  return { ...rest, status: undefined, metadata: kept };
}
