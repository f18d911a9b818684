/** `kubectl attach`: the streams of what runs in a container already. */
import { podsBehind } from '../../resources/pods-behind.ts';
import { Failure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { attachTo } from './attach-to.ts';

export const attachVerb: VerbBody = {
  about: 'Attach to a process that is already running inside an existing container.',
  examples: `# What the first container of a pod writes from now on
kubectl attach mypod

# Another container
kubectl attach mypod -c ruby-container

# With this terminal as its own
kubectl attach mypod -c ruby-container -i -t

# The first pod of a replica set
kubectl attach rs/nginx`,
  usage: '(POD | TYPE/NAME) -c CONTAINER',
  flags: [
    { name: 'container', short: 'c', type: 'string', help: 'Container name.' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'Only print output from the remote session' },
    { name: 'stdin', short: 'i', type: 'boolean', default: false, help: 'Pass stdin to the container' },
    { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Stdin is a TTY' },
  ],
  run: attach,
};

async function attach({ session, args, flags, path }: Invocation): Promise<void> {
  if (args.length === 0) throw new Failure('error: at least 1 argument is required for attach');
  if (args.length > 2)
    throw new Failure(`error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
  const pod = await podsBehind(session, args.join('/'));
  const streams = { stdin: flags.on('stdin'), tty: flags.on('tty'), quiet: flags.on('quiet') };
  await attachTo(session, pod, { container: flags.text('container'), path, ...streams });
}
