/** The containers and pods that `kubectl debug` makes. */
import { randomInt } from 'node:crypto';
import type { Container, Pod } from '@t8s/api';
import { Failure } from '../failure.ts';
import type { Flags } from '../verb.ts';

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters that make no words. */
export const randomSuffix = (): string => Array.from({ length: 5 }, () => letters.charAt(randomInt(letters.length))).join('');

export function debuggerOf({ name, flags, command }: { name: string; flags: Flags; command: readonly string[] }): Container {
  const policy = flags.text('image-pull-policy');
  const env = flags.list('env').map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new Failure(`error: invalid env: ${text}`);
    return { name: text.slice(0, at), value: text.slice(at + 1) };
  });
  return {
    name,
    image: flags.text('image'),
    ...(policy !== '' && { imagePullPolicy: policy }),
    ...(env.length > 0 && { env }),
    ...(command.length > 0 && { [flags.on('arguments-only') ? 'args' : 'command']: [...command] }),
    ...(flags.on('stdin') && { stdin: true }),
    ...(flags.on('tty') && { tty: true }),
    terminationMessagePolicy: 'File',
  };
}

/** Nothing selects the copy, owns it or restarts its containers: it is to be looked at. */
export function copyOf({ spec }: Pod, { flags, added }: { flags: Flags; added: Container | undefined }): object {
  const { nodeName, ephemeralContainers: _, containers, ...rest } = spec;
  const quiet = containers.map(({ livenessProbe: _l, readinessProbe: _r, startupProbe: _s, ...container }) => container);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: flags.text('copy-to') },
    spec: {
      ...rest,
      containers: added ? [...quiet, added] : quiet,
      ...(flags.on('same-node') && nodeName !== undefined && { nodeName }),
      ...(flags.on('share-processes') && { shareProcessNamespace: true }),
    },
  };
}

/** Sees the host's network, processes and files, and tolerates whatever keeps other pods away. */
export function nodePodOf(node: string, container: Container): { metadata: { name: string } } & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `node-debugger-${node}-${randomSuffix()}` },
    spec: {
      nodeName: node,
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
      containers: [{ ...container, volumeMounts: [{ name: 'host-root', mountPath: '/host' }] }],
    },
  };
}
