/** Registry credentials from image pull secrets (kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg). */
import type { Secret } from '@t8s/api';
import type { AuthConfig } from '@t8s/cri';

type Auths = Record<string, { username?: string; password?: string; auth?: string; identitytoken?: string }>;

/** The credentials that fit the image's registry, the most special first. */
export function credentialsFor(image: string, secrets: readonly Secret[]): AuthConfig[] {
  const repository = repositoryOf(image);
  return secrets
    .flatMap((secret) => Object.entries(authsOf(secret)))
    .map(([server, auth]) => ({ location: locationOf(server), auth }))
    .filter(({ location }) => repository === location || repository.startsWith(`${location}/`))
    .sort((a, b) => b.location.length - a.location.length)
    .map(({ location, auth }) => ({
      serverAddress: location,
      ...(auth.username !== undefined && { username: auth.username }),
      ...(auth.password !== undefined && { password: auth.password }),
      ...(auth.auth !== undefined && { auth: auth.auth }),
      ...(auth.identitytoken !== undefined && { identityToken: auth.identitytoken }),
    }));
}

function authsOf({ data = {} }: Secret): Auths {
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  if (data['.dockerconfigjson'] !== undefined) return (JSON.parse(text('.dockerconfigjson')) as { auths?: Auths }).auths ?? {};
  return data['.dockercfg'] !== undefined ? (JSON.parse(text('.dockercfg')) as Auths) : {};
}

/** Docker Hub's images name no registry, and its credentials are kept under an old URL. */
function repositoryOf(image: string): string {
  const [first = ''] = image.split('/');
  const hasRegistry = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  return hasRegistry ? image.replace(/@.*$/, '').replace(/:[^/:]*$/, '') : `index.docker.io/${image}`;
}

function locationOf(server: string): string {
  return server
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/$/, '')
    .replace(/^docker\.io/, 'index.docker.io');
}
