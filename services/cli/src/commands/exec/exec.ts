/** `kubectl exec`: runs a command in a container, with this terminal as its own. */

import { podsBehind } from '../../resources/pods-behind.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure } from '../failure.ts';
import { defaultContainer } from '../logs/containers.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { isTerminal, runRemote, wantsTerminal } from './remote-command.ts';

export const execVerb: VerbBody = {
  examples: `# The output of 'date' in the first container of a pod
kubectl exec mypod -- date

# In another container
kubectl exec mypod -c ruby-container -- date

# A shell
kubectl exec mypod -i -t -- sh

# In the first pod of a deployment
kubectl exec deploy/mydeployment -- date`,
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  flags: [
    { name: 'container', short: 'c', type: 'string', help: 'Container name.' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'Only print output from the remote session' },
    { name: 'stdin', short: 'i', type: 'boolean', default: false, help: 'Pass stdin to the container' },
    { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Stdin is a TTY' },
  ],
  run: exec,
};

async function exec({ session, args, rest, flags, path }: Invocation): Promise<void> {
  const usage = `See '${path} -h' for help and examples`;
  if (args.length === 0) throw new Failure(`error: pod, type/name or --filename must be specified`);
  if (rest === undefined && args.length > 1)
    throw new Failure(`error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n${usage}`);
  const command = rest ?? [];
  if (command.length === 0) throw new Failure('error: you must specify at least one command for the container');
  const pod = await podsBehind(session, args[0] ?? '');
  const { namespace, name = '' } = pod.metadata;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Failure(`error: cannot exec into a container in a completed pod; current phase is ${phase}`);
  const quiet = flags.on('quiet') ? () => undefined : (text: string) => session.io.err(text);
  const container = flags.text('container') || defaultContainer(pod, quiet);
  const stdin = flags.on('stdin');
  const tty = flags.on('tty') && wantsTerminal({ stdin, isTTY: isTerminal(session.io.stdin) }, quiet);
  const query = new URLSearchParams([
    ...command.map((word): [string, string] => ['command', word]),
    ['container', container],
    ['stdin', String(stdin)],
    ['stdout', 'true'],
    ['stderr', String(!tty)],
    ['tty', String(tty)],
  ]);
  const resource = await session.discovery.find('pods');
  const code = await runRemote(session, `${pathOf(resource, { namespace, name, subresource: 'exec' })}?${query}`, { stdin, tty });
  if (code !== 0) throw new Failure(`command terminated with exit code ${code}`, code);
}
