/** How volumes may be mounted; volumes and claims name the same modes. */
import { type FieldError, forbiddenField, notSupported, required } from '@t8s/meta';

const short: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const supported = Object.keys(short);

/** `RWO,ROX`: each mode once, in the order above. */
export const formatAccessModes = (modes: readonly string[] = []): string =>
  supported.flatMap((mode) => (modes.includes(mode) ? (short[mode] ?? []) : [])).join(',');

/** `whenNone`: what is said where there is none. */
export function validateAccessModes(modes: readonly string[], path: string, whenNone = ''): FieldError[] {
  return [...(modes.length === 0 ? [required(path, whenNone)] : []), ...supportedModes(modes, path)];
}

export function supportedModes(modes: readonly string[], path: string): FieldError[] {
  const errors = modes.filter((mode) => !supported.includes(mode)).map((mode) => notSupported(path, mode, supported));
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && supported.includes(mode)))
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}
