/** kube-controller-manager: runs every controller of descriptors.ts while it leads. */
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { systemClock } from '@t8s/async';
import { type Client, createClient, createTokenClients } from '@t8s/client';
import { kubernetesVersion, loadConnection, processFlags, runMain, serveHealth, UsageError } from '@t8s/component';
import { EventRecorder, LeaderElector } from '@t8s/controller';
import { InformerSet } from '@t8s/informer';
import type { ControllerContext } from './context.ts';
import { type Descriptor, selectDescriptors } from './descriptors.ts';
import { flagSpecs } from './flags.ts';
import { ManagerMetrics } from './metrics.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const component = 'kube-controller-manager';
const flags = processFlags(component, flagSpecs);

await runMain(component, flags.v, async ({ signal, log }) => {
  const chosen = choose(flags.controllers);
  const connection = loadConnection(flags.kubeconfig);
  const userAgent = `${component}/${kubernetesVersion}`;
  const client = createClient({ connection, userAgent });
  const { cert: _, key: _key, token: _token, tokenFile: _file, ...server } = connection;
  const clientWith = createTokenClients({ connection: server, userAgent });
  const metrics = new ManagerMetrics();
  metrics.leads(component, false);
  let isLeading = false;
  await serveHealth({
    port: flags['healthz-port'],
    checks: { ping: () => undefined },
    metrics: () => metrics.registry.metrics(),
    signal,
  });
  log.info({ version: kubernetesVersion }, 'started');

  const lead = async (leading: AbortSignal): Promise<void> => {
    isLeading = true;
    metrics.leads(component, true);
    // Every controller, informer and request listens to it.
    setMaxListeners(0, leading);
    const informers = new InformerSet({ client, log });
    // Reads are shared and the manager's own; each controller writes as its own service account.
    const contextOf = (own: Client): ControllerContext => ({
      client: own,
      informers,
      registry: metrics.registry,
      log,
      clock: systemClock,
      events: (name) => new EventRecorder({ client: own, component: name, log }),
    });
    const created = await Promise.all(
      chosen.map(({ account: name, create }) =>
        create(contextOf(name === undefined ? client : clientWith(new ServiceAccountTokens({ client, name, clock: systemClock }))), flags),
      ),
    );
    const controllers = created.filter((controller) => controller !== undefined);
    for (const controller of controllers) metrics.watch(controller);
    await Promise.all([informers.run(leading), ...controllers.map((controller) => controller.run(leading))]);
  };
  if (!flags['leader-elect']) return lead(signal);
  const elector = new LeaderElector({
    client,
    namespace: 'kube-system',
    name: component,
    identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}`,
    log,
  });
  await elector.run(signal, lead);
  // A deposed leader must not go on with what it had in memory: the supervisor starts it afresh.
  if (isLeading && !signal.aborted) throw new Error('leader election lost');
});

function choose(names: readonly string[]): Descriptor[] {
  try {
    return selectDescriptors(names);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
