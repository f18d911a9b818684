/** `kubectl attach`: the streams of what runs in a container already. */
import { podsBehind } from '../../resources/pods-behind.ts';
import { pathOf } from '../../resources/resource.ts';
import { isTerminal, runRemote, wantsTerminal } from '../exec/remote-command.ts';
import { Failure } from '../failure.ts';
import { containersOf, defaultContainer } from '../logs/containers.ts';
import type { Invocation, VerbBody } from '../verb.ts';

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
  const { io } = session;
  const tell = flags.on('quiet') ? () => undefined : (text: string) => io.err(text);
  const pod = await podsBehind(session, args.join('/'));
  const { namespace, name = '' } = pod.metadata;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Failure(`error: cannot attach a container in a completed pod; current phase is ${phase}`);
  const wanted = flags.text('container') || defaultContainer(pod, tell);
  const container = containersOf(pod).find((one) => one.name === wanted);
  if (!container) throw new Failure(`error: cannot attach to the container: container ${wanted} not found in pod ${name}`);
  const stdin = flags.on('stdin');
  if (flags.on('tty') && !container.tty) tell(`error: Unable to use a TTY - container ${wanted} did not allocate one\n`);
  // One that was started with a terminal has no stderr of its own, whatever was asked for.
  const raw = container.tty === true && wantsTerminal({ stdin, isTTY: isTerminal(io.stdin) }, tell);
  tell("If you don't see a command prompt, try pressing enter.\n");
  const query = new URLSearchParams({
    container: wanted,
    stdin: String(stdin),
    stdout: 'true',
    stderr: String(!raw),
    tty: String(raw),
  });
  const resource = await session.discovery.find('pods');
  const code = await runRemote(session, `${pathOf(resource, { namespace, name, subresource: 'attach' })}?${query}`, {
    stdin,
    tty: raw,
    redraw: true,
  });
  if (code !== 0) throw new Failure(`command terminated with exit code ${code}`, code);
  if (raw && !flags.on('quiet') && pod.spec.restartPolicy === 'Always' && pod.spec.containers.includes(container))
    io.out(`Session ended, resume using '${path} ${name} -c ${wanted} -i -t' command when the pod is running\n`);
}
