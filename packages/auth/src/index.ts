export * from './certificate-request.ts';
export * from './certificate-signing.ts';
export {
  certificateLife,
  createCa,
  createSigningKey,
  type Identity,
  type IssueCertificateOptions,
  isCertificateOf,
  issueCertificate,
  isUsableCertificate,
} from './certificates.ts';
export { nodeAuthorizer, nodeOf } from './node/node-authorizer.ts';
export { NodeGraph } from './node/node-graph.ts';
export { podReferences } from './node/pod-references.ts';
export { CertificateError, type KeyPair, readCertificates, readPrivateKey } from './pem.ts';
export * from './rbac/attributes.ts';
export { nodeRules } from './rbac/bootstrap/component-roles.ts';
export { controllerRoles } from './rbac/bootstrap/controller-roles.ts';
export {
  autoUpdate,
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
} from './rbac/bootstrap/default-policy.ts';
export * from './rbac/rbac-policy.ts';
export * from './rbac/rule-coverage.ts';
export * from './service-account-tokens.ts';
export * from './token-keys.ts';
export * from './token-verifier.ts';
