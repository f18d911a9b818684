/** `kubectl port-forward`: ports of this machine lead to ports of a pod. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Pod, Service } from '@t8s/api';
import { SpdySession } from '@t8s/spdy';
import { podsBehind } from '../../resources/pods-behind.ts';
import { getObject } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { parseTargets } from '../../resources/targets.ts';
import type { Session } from '../../session.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';
import { forward } from './forward.ts';
import { type PortPair, readPorts } from './ports.ts';

export const portForwardVerb: VerbBody = {
  about: 'The forwarding ends with the pod, or with this command. Of a deployment or service one pod is chosen.',
  examples: `# Ports 5000 and 6000 here are those of the pod
kubectl port-forward pod/mypod 5000 6000

# Port 8443 here is the port of a service that is named "https"
kubectl port-forward service/myservice 8443:https

# Any port here, on all addresses
kubectl port-forward --address 0.0.0.0 pod/mypod :5000`,
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: [
    {
      name: 'address',
      type: 'strings',
      help: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value. localhost by default.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '1m0s',
      help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  ],
  run: portForward,
};

async function portForward({ session, args, flags, path }: Invocation): Promise<void> {
  const [target = '', ...texts] = args;
  if (texts.length === 0) throw usageFailure(path, 'TYPE/NAME and list of ports are required for port-forward');
  const pod = await podsBehind(session, target);
  const ports = readPorts(texts, pod, await serviceOf(session, target));
  const phase = pod.status?.phase;
  if (phase !== 'Running') throw new Failure(`error: unable to forward port because pod is not running. Current status=${phase}`);
  const addresses = flags.list('address').length > 0 ? flags.list('address') : ['localhost'];
  await serve(session, pod, { ports, addresses });
}

async function serviceOf(session: Session, text: string): Promise<Service | undefined> {
  if (!text.includes('/')) return undefined;
  const [target] = await parseTargets([text], session.discovery);
  if (target?.resource.kind !== 'Service') return undefined;
  return (await getObject(session.client, target.resource, { namespace: session.namespace, name: target.name })) as unknown as Service;
}

interface Serving {
  ports: readonly PortPair[];
  addresses: readonly string[];
}

async function serve(session: Session, pod: Pod, { ports, addresses }: Serving): Promise<void> {
  const { io, client, discovery } = session;
  const { namespace, name } = pod.metadata;
  const place = pathOf(await discovery.find('pods'), { namespace, name, subresource: 'portforward' });
  const transport = await client.tunnel(place, { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'portforward.k8s.io' });
  const spdy = new SpdySession({
    transport,
    role: 'client',
    flowControl: 'transport',
    onStream: (stream) => stream.reset(1, 'no streams are expected'),
  });
  const servers: Server[] = [];
  try {
    for (const pair of ports) servers.push(...(await listenAll(session, spdy, { pair, addresses })));
    if (servers.length === 0)
      throw new Failure(
        `error: unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
      );
    await ended(AbortSignal.any([spdy.signal, io.signal]));
    if (!io.signal.aborted) throw new Failure('error: lost connection to pod');
  } finally {
    for (const server of servers) server.close();
    transport.destroy();
  }
}

const ended = (signal: AbortSignal): Promise<void> =>
  signal.aborted ? Promise.resolve() : new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));

interface Listening {
  pair: PortPair;
  addresses: readonly string[];
}

/** `localhost` is both loopbacks, the second where there is one. What can't be had is told. */
async function listenAll({ io }: Session, spdy: SpdySession, { pair, addresses }: Listening): Promise<Server[]> {
  const servers: Server[] = [];
  const failures: string[] = [];
  let { local } = pair;
  for (const address of addresses.flatMap((one) => (one === 'localhost' ? ['127.0.0.1', '::1'] : [one]))) {
    const shown = address.includes(':') ? `[${address}]` : address;
    try {
      const server = await listen(address, local, (socket) => {
        io.out(`Handling connection for ${local}\n`);
        forward(spdy, socket, pair.remote).catch((error: Error) =>
          io.err(`error: an error occurred forwarding ${local} -> ${pair.remote}: ${error.message}\n`),
        );
      });
      ({ port: local } = server.address() as { port: number });
      servers.push(server);
      io.out(`Forwarding from ${shown}:${local} -> ${pair.remote}\n`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'EADDRINUSE' ? 'bind: address already in use' : message;
      failures.push(`unable to create listener: Error listen tcp${address.includes(':') ? 6 : 4} ${shown}:${local}: ${why}`);
    }
  }
  if (servers.length === 0)
    io.err(`Unable to listen on port ${local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`);
  return servers;
}

function listen(host: string, port: number, take: (socket: Socket) => void): Promise<Server> {
  return new Promise((done, failed) => {
    const server = createServer({ allowHalfOpen: true }, take);
    server.once('error', failed);
    server.listen(port, host, () => done(server));
  });
}
