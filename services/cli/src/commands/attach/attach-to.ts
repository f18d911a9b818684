/** The streams of what runs in a container already: this terminal's. */
import type { Pod } from '@t8s/api';
import { pathOf } from '../../resources/resource.ts';
import type { Session } from '../../session.ts';
import { isTerminal, runRemote, wantsTerminal } from '../exec/remote-command.ts';
import { Failure } from '../failure.ts';
import { containersOf, defaultContainer } from '../logs/containers.ts';

export interface Attaching {
  /** '' is the pod's default. */
  container: string;
  stdin: boolean;
  tty: boolean;
  quiet: boolean;
  /** The command that is named as the way back to the session. */
  path: string;
}

export async function attachTo(session: Session, pod: Pod, { container: named, stdin, tty, quiet, path }: Attaching): Promise<void> {
  const { io } = session;
  const tell = quiet ? () => undefined : (text: string) => io.err(text);
  const { namespace, name = '' } = pod.metadata;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Failure(`error: cannot attach a container in a completed pod; current phase is ${phase}`);
  const wanted = named || defaultContainer(pod, tell);
  const container = containersOf(pod).find((one) => one.name === wanted);
  if (!container) throw new Failure(`error: cannot attach to the container: container ${wanted} not found in pod ${name}`);
  if (tty && !container.tty) tell(`error: Unable to use a TTY - container ${wanted} did not allocate one\n`);
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
  if (raw && !quiet && pod.spec.restartPolicy === 'Always' && pod.spec.containers.includes(container))
    io.out(`Session ended, resume using '${path} ${name} -c ${wanted} -i -t' command when the pod is running\n`);
}
