/** Users of a kubeconfig who get their credentials from a program or a provider. */
import { Failure } from '../failure.ts';
import type { Flag, Flags } from '../verb.ts';

type Json = Record<string, unknown>;

export const execFlags: readonly Flag[] = [
  { name: 'exec-api-version', type: 'string', help: 'API version of the exec credential plugin for the user entry in kubeconfig' },
  { name: 'exec-arg', type: 'strings', help: 'New arguments for the exec credential plugin command for the user entry in kubeconfig' },
  { name: 'exec-command', type: 'string', help: 'Command for the exec credential plugin for the user entry in kubeconfig' },
  { name: 'exec-env', type: 'texts', help: "'key=value' environment values for the exec credential plugin" },
];

export const providerFlags: readonly Flag[] = [
  { name: 'auth-provider', type: 'string', help: 'Auth provider for the user entry in kubeconfig' },
  { name: 'auth-provider-arg', type: 'texts', help: "'key=value' arguments for the auth provider" },
];

/** What --exec-… flags make of the entry's `exec`; undefined where there are none. */
export function execOf(flags: Flags, before: unknown): Json | undefined {
  if (!execFlags.some(({ name }) => flags.given(name))) return undefined;
  const old = (before ?? { provideClusterInfo: false }) as Json;
  const env = flags.list('exec-env').map((text) => pair(text, 'exec-env'));
  return {
    ...old,
    ...(flags.given('exec-command') && { command: flags.text('exec-command') }),
    ...(flags.given('exec-api-version') && { apiVersion: flags.text('exec-api-version') }),
    ...(flags.given('exec-arg') && { args: flags.list('exec-arg') }),
    ...(env.length > 0 && { env: env.map(([name, value]) => ({ name, value })) }),
  };
}

export function providerOf(flags: Flags): Json | undefined {
  if (!flags.given('auth-provider')) return undefined;
  return {
    name: flags.text('auth-provider'),
    config: Object.fromEntries(flags.list('auth-provider-arg').map((text) => pair(text, 'auth-provider-arg'))),
  };
}

function pair(text: string, flag: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`error: error: ${flag} must be in the form of key=value: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
