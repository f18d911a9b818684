/** `kubectl cp`: files and directories into and out of containers, by the `tar` on both sides. */
import { statSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { Failure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { download, isRemoteDirectory, type Place, upload } from './transfer.ts';

export const cpVerb: VerbBody = {
  about: "The container needs a 'tar' program. Links are copied as links.",
  examples: `# A local file into a pod
kubectl cp /tmp/foo some-namespace/some-pod:/tmp/bar

# Out of a certain container
kubectl cp some-pod:/tmp/foo /tmp/bar -c main`,
  usage: '<file-spec-src> <file-spec-dest>',
  flags: [
    {
      name: 'container',
      short: 'c',
      type: 'string',
      help: 'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation or the first container in the pod.',
    },
    {
      name: 'no-preserve',
      type: 'boolean',
      default: false,
      help: "The copied file/directory's ownership and permissions will not be preserved in the container",
    },
    { name: 'retries', type: 'number', default: 0, help: 'Set number of retries to complete a copy operation from a container.' },
  ],
  run: cp,
};

/** `[namespace/]pod:path`, or a path here. */
function readSpec(text: string): Place | string {
  const at = text.indexOf(':');
  if (at < 0) return text;
  if (at === 0) throw new Failure('error: filespec must match the canonical format: [[namespace/]pod:]file/path');
  const [pod = '', path] = [text.slice(0, at), text.slice(at + 1)];
  const parts = pod.split('/');
  if (parts.length > 2 || parts.includes(''))
    throw new Failure('error: filespec must match the canonical format: [[namespace/]pod:]file/path');
  return parts.length === 2 ? { namespace: parts[0], pod: parts[1] ?? '', path } : { namespace: undefined, pod, path };
}

async function cp({ session, args, flags }: Invocation): Promise<void> {
  if (args.length !== 2) throw new Failure('error: source and destination are required');
  const [from, to] = args.map(readSpec) as [Place | string, Place | string];
  if (typeof from !== 'string' && typeof to !== 'string') throw new Failure('error: one of src or dest must be a local file specification');
  if (typeof from === 'string' && typeof to === 'string')
    throw new Failure('error: one of src or dest must be a remote file specification');
  const options = { container: flags.text('container'), keepsOwner: !flags.on('no-preserve') };
  if (typeof from === 'string') {
    const place = to as Place;
    const found = statSync(from, { throwIfNoEntry: false });
    if (from === '' || place.path === '') throw new Failure('error: filepath can not be empty');
    if (!found) throw new Failure(`error: ${from} doesn't exist in local filesystem`);
    const isDirectory = await isRemoteDirectory(session, place, options);
    const path = isDirectory ? posix.join(place.path, basename(from)) : place.path.replace(/(.)\/$/, '$1');
    await upload(session, { ...options, from, to: { ...place, path } });
    return;
  }
  if (from.path === '' || to === '') throw new Failure('error: filepath can not be empty');
  const target = to as string;
  const isDirectory = statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false;
  await download(session, {
    ...options,
    from,
    to: isDirectory ? join(target, basename(from.path)) : join(dirname(target), basename(target)),
  });
}
