/** Whether a daemon can start with what its kubeconfig says: what is wrong is told at once, not by the first request. */
import { X509Certificate } from 'node:crypto';
import { accessSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConnectionConfig } from './kubeconfig.ts';
import { UsageError } from './main.ts';

/** Throws UsageError where a part is not of the type it should be. */
export function checkForm(config: unknown, file: string): void {
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
  const check = (holds: boolean, field: string, what: string): void => {
    if (!holds) throw new UsageError(`kubeconfig ${file}: ${field} must be ${what}`);
  };
  if (config === null || config === undefined) return;
  check(isMap(config), 'the file', 'a map');
  const { 'current-context': context, kind, ...parts } = config as Record<string, unknown>;
  check((kind ?? 'Config') === 'Config', 'kind', 'Config');
  check(typeof (context ?? '') === 'string', 'current-context', 'a string');
  for (const [list, one] of Object.entries({ clusters: 'cluster', users: 'user', contexts: 'context' })) {
    const entries = parts[list] ?? [];
    check(Array.isArray(entries), list, 'a list');
    for (const [i, entry] of (entries as unknown[]).entries()) {
      const at = `${list}[${i}]`;
      check(isMap(entry) && typeof entry['name'] === 'string', at, `a map with a name and a ${one}`);
      const value = (entry as Record<string, unknown>)[one] ?? {};
      check(isMap(value), `${at}.${one}`, 'a map');
      for (const [key, field] of Object.entries(value as object))
        if (field !== null && typeof field !== 'string' && /^(server$|certificate-|client-|token|cluster$|user$|namespace$)/.test(key))
          throw new UsageError(`kubeconfig ${file}: ${at}.${one}.${key} must be a string`);
    }
  }
}

/** Throws UsageError naming the file, the field and the reason. */
export function checkConnection({ server, ca, cert, key, tokenFile }: ConnectionConfig, file: string): void {
  const check = (field: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      throw new UsageError(`kubeconfig ${file}: ${field}: ${(error as Error).message}`);
    }
  };
  check('server', () => {
    if (!/^https?:$/.test(URL.canParse(server) ? new URL(server).protocol : '')) throw new Error(`'${server}' is no http or https URL`);
  });
  if (ca !== undefined) check('certificate-authority', () => new X509Certificate(ca));
  if (cert !== undefined) check('client-certificate', () => new X509Certificate(cert));
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(`kubeconfig ${file}: client-certificate and client-key go together`);
  if (cert !== undefined && key !== undefined) check('client-key', () => createSecureContext({ cert, key }));
  if (tokenFile !== undefined) check('tokenFile', () => accessSync(tokenFile));
}
