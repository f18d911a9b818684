/** kube-scheduler: finds a node for every pod that has none. */
import { hostname } from 'node:os';
import { createClient } from '@t8s/client';
import { type FlagSpec, inClusterConnection, kubernetesVersion, loadConnection, processFlags, runMain, serveHealth } from '@t8s/component';
import { LeaderElector } from '@t8s/controller';
import { defaultConfiguration, loadConfiguration } from './config/scheduler-configuration.ts';
import { createScheduler } from './create-scheduler.ts';

const component = 'kube-scheduler';
const specs = {
  config: { type: 'string', help: 'file with a KubeSchedulerConfiguration' },
  kubeconfig: { type: 'string', help: "file that says how to reach the apiserver, unless the configuration names one; without, the pod's" },
  'leader-elect': { type: 'boolean', help: 'run only while holding the lease; overrides the configuration' },
  'healthz-port': { type: 'number', default: 10259, help: 'port of /healthz and /metrics on loopback' },
  v: { type: 'number', default: 0, help: 'verbosity of the log' },
} as const satisfies Record<string, FlagSpec>;

const flags = processFlags(component, specs);

await runMain(component, flags.v, async ({ signal, log }) => {
  const configuration = flags.config === undefined ? defaultConfiguration() : loadConfiguration(flags.config);
  const { profiles, initialBackoff, maxBackoff, leaderElection } = configuration;
  const kubeconfig = configuration.kubeconfig || flags.kubeconfig;
  const connection = kubeconfig === undefined ? inClusterConnection() : loadConnection(kubeconfig);
  const client = createClient({ connection, userAgent: `${component}/${kubernetesVersion}` });
  const scheduler = createScheduler({ client, log, profiles, initialBackoff, maxBackoff });
  await serveHealth({
    port: flags['healthz-port'],
    checks: { ping: () => undefined },
    metrics: () => scheduler.metrics.registry.metrics(),
    signal,
  });
  log.info({ version: kubernetesVersion, profiles: profiles.map(({ schedulerName }) => schedulerName) }, 'started');
  const following = scheduler.follow(signal);
  if (flags['leader-elect'] ?? leaderElection.leaderElect) {
    const { resourceNamespace: namespace, resourceName: name, leaseDuration, renewDeadline, retryPeriod } = leaderElection;
    const identity = `${hostname()}_${process.pid}_${Date.now().toString(36)}`;
    const elector = new LeaderElector({ client, namespace, name, identity, log, leaseDuration, renewDeadline, retryPeriod });
    await elector.run(signal, (leading) => scheduler.schedule(leading));
    // A deposed leader must not go on with what it had in memory: the supervisor starts it afresh.
    if (!signal.aborted) throw new Error('leader election lost');
  } else await scheduler.schedule(signal);
  await following;
});
