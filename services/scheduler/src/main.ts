/** kube-scheduler: finds a node for every pod that has none. */
import { hostname } from 'node:os';
import { createClient } from '@t8s/client';
import { type FlagSpec, kubernetesVersion, loadConnection, parseFlags, runMain, serveHealth, UsageError } from '@t8s/component';
import { LeaderElector } from '@t8s/controller';
import { createScheduler } from './create-scheduler.ts';

const component = 'kube-scheduler';
const specs = {
  kubeconfig: { type: 'string', required: true, help: 'file that says how to reach the apiserver' },
  'leader-elect': { type: 'boolean', default: true, help: 'run only while holding the lease kube-system/kube-scheduler' },
  'healthz-port': { type: 'number', default: 10259, help: 'port of /healthz and /metrics on loopback' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = readFlags();

await runMain(component, flags.v, async ({ signal, log }) => {
  const client = createClient({ connection: loadConnection(flags.kubeconfig), userAgent: `${component}/${kubernetesVersion}` });
  const scheduler = createScheduler({ client, log });
  await serveHealth({
    port: flags['healthz-port'],
    checks: { ping: () => undefined },
    metrics: () => scheduler.metrics.registry.metrics(),
    signal,
  });
  log.info({ version: kubernetesVersion }, 'started');
  const following = scheduler.follow(signal);
  if (flags['leader-elect']) {
    const elector = new LeaderElector({
      client,
      namespace: 'kube-system',
      name: component,
      identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}`,
      log,
    });
    await elector.run(signal, (leading) => scheduler.schedule(leading));
    // A deposed leader must not go on with what it had in memory: the supervisor starts it afresh.
    if (!signal.aborted) throw new Error('leader election lost');
  } else await scheduler.schedule(signal);
  await following;
});

function readFlags(): ReturnType<typeof parseFlags<typeof specs>> {
  try {
    return parseFlags(component, specs, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${component}: ${error.message}\n`);
    process.exit(2);
  }
}
