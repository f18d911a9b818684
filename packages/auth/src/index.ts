export * from './service-account-tokens.ts';
