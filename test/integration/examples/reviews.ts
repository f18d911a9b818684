/** Questions to the server, and what it makes up when asked. */
import type { Examples } from './example.ts';

const resourceAttributes = { namespace: 'default', verb: 'get', resource: 'pods' };
const full = {
  namespace: 'default',
  verb: 'list',
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  subresource: 'status',
  name: 'web',
  fieldSelector: { requirements: [{ key: 'metadata.name', operator: 'In', values: ['web'] }] },
  labelSelector: { rawSelector: 'app=web' },
};
const subject = { user: 'jane', groups: ['devs'], uid: '7', extra: { team: ['a', 'b'] } };

export const reviews: Examples = {
  'v1/componentstatuses': { minimal: { metadata: { name: 'etcd-0' } }, full: { metadata: { name: 'scheduler' } } },
  'authentication.k8s.io/v1/selfsubjectreviews': { minimal: {}, full: {} },
  'authentication.k8s.io/v1/tokenreviews': {
    minimal: { spec: { token: 'x' } },
    full: { spec: { token: 'x', audiences: ['a', 'b'] } },
  },
  'authorization.k8s.io/v1/localsubjectaccessreviews': {
    minimal: { spec: { user: 'jane', resourceAttributes } },
    full: { spec: { ...subject, resourceAttributes: full } },
  },
  'authorization.k8s.io/v1/selfsubjectaccessreviews': {
    minimal: { spec: { resourceAttributes } },
    full: { spec: { nonResourceAttributes: { path: '/healthz', verb: 'get' } } },
  },
  'authorization.k8s.io/v1/selfsubjectrulesreviews': {
    minimal: { spec: { namespace: 'default' } },
    full: { spec: { namespace: 'kube-system' } },
  },
  'authorization.k8s.io/v1/subjectaccessreviews': {
    minimal: { spec: { user: 'jane', resourceAttributes } },
    full: { spec: { ...subject, resourceAttributes: full } },
  },
};
