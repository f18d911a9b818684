export * from './certificates.ts';
export * from './rbac/attributes.ts';
export * from './rbac/rbac-policy.ts';
export * from './rbac/rule-coverage.ts';
export * from './service-account-tokens.ts';
