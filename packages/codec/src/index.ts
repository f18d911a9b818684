export * from './canonical.ts';
export * from './decode-error.ts';
export * from './decode-json.ts';
export * from './decode-object.ts';
export * from './decode-yaml.ts';
export * from './yaml.ts';
