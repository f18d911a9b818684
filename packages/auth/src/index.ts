export * from './certificates.ts';
export * from './service-account-tokens.ts';
