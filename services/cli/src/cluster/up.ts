/** `t8s up`: a cluster on this machine, from nothing or from whatever is left of it. The steps, in their order. */
import { rmSync } from 'node:fs';
import { nodeKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { ifFound } from '@t8s/meta';
import type { SupervisorClient } from '../supervisor/control.ts';
import { dnsDeployment, ensureAddons, labelControlPlane } from './addons.ts';
import { type Cluster, type ClusterSettings, describeCluster, describeHost, type Host } from './cluster.ts';
import { curlDemo, deployDemo } from './demo.ts';
import { dockerAnswers, dockerProcess, dockerSpec, removePodContainers, startMachineDocker, waitForDocker } from './docker.ts';
import { apiserverTrouble, etcdTrouble } from './health.ts';
import { ensureBridge, ensureHost, removeHost } from './host-network.ts';
import { clientAs, ensureIdentities } from './identities.ts';
import { buildImages, type ImageArchive, loadImages } from './images/images.ts';
import { ensureKubeconfigs } from './kubeconfigs.ts';
import { installPackages } from './packages.ts';
import { ensurePki } from './pki.ts';
import { poll } from './poll.ts';
import { freeLoopbackPort, requirePorts } from './preflight.ts';
import { apiserverSpec, controlPlaneSpecs, etcdSpec, type Installation, logFile, nodeSpecs } from './processes.ts';
import type { Progress } from './progress.ts';
import { deploymentTrouble, nodesTrouble } from './readiness.ts';
import { nameOf, runningClusters, runningProcesses } from './running.ts';
import { readSettings, settle, type WantedSettings, writeSettings } from './settings.ts';
import { SetupError } from './setup-error.ts';
import { ensureSupervisor } from './supervise.ts';
import { tearDown } from './teardown.ts';
import { invokingPerson, mergeContext } from './user-kubeconfig.ts';

export interface UpOptions {
  dataDir: string;
  wanted: WantedSettings;
  demo: boolean;
  installation: Installation;
  progress: Progress;
  signal: AbortSignal;
}

/** Throws SetupError where a step can't be done; a cluster that didn't run before is then ended again. */
export async function up(options: UpOptions): Promise<void> {
  const { dataDir, installation, progress, wanted } = options;
  const other = runningClusters().find((dir) => dir !== dataDir);
  if (other !== undefined)
    throw new SetupError({
      what: 't8s up',
      why: `a cluster with its data in ${other} runs on this machine`,
      remedy: 'end it with `t8s down`',
    });
  const present = readSettings(dataDir);
  const settings = settle(present, wanted);
  const wasRunning = runningProcesses(dataDir).length > 0;
  try {
    await start({ ...options, settings, previousNodes: present?.nodes ?? 0, wasRunning });
  } catch (error) {
    if (!wasRunning) {
      progress.say('Ending what was started:');
      await tearDown({ dataDir, settings, installation, progress, purge: false });
    }
    throw error;
  }
}

interface StartOptions extends UpOptions {
  settings: ClusterSettings;
  previousNodes: number;
  wasRunning: boolean;
}

async function start({ dataDir, settings, previousNodes, wasRunning, demo, installation, progress, signal }: StartOptions): Promise<void> {
  await progress.step('Packages', async (note) => {
    const installed = await installPackages(note);
    return installed.length > 0 ? `installed ${installed.join(' ')}` : undefined;
  });
  if (!wasRunning) await requirePorts();
  const isEtcdRunning = runningProcesses(dataDir).some((found) => nameOf(found) === 'etcd');
  const settled = isEtcdRunning
    ? settings
    : {
        ...settings,
        etcdPort: await freeLoopbackPort(settings.etcdPort),
        etcdPeerPort: await freeLoopbackPort(settings.etcdPeerPort),
      };
  writeSettings(dataDir, settled);
  const cluster = describeCluster(dataDir, settled);
  await progress.step('Certificates', async () => {
    await ensurePki(cluster);
    await ensureKubeconfigs(cluster);
  });
  const supervisor = await ensureSupervisor(cluster, installation);
  await progress.step('etcd', async () => {
    await supervisor.put(etcdSpec(cluster));
    await poll({ what: 'etcd', timeout: 30_000, signal, remedy: `see ${logFile(cluster, 'etcd')}` }, () => etcdTrouble(cluster));
  });
  await supervisor.put(apiserverSpec(cluster, installation));
  await progress.step(cluster.hosts.length === 1 ? 'Docker' : `Docker, on ${cluster.hosts.length} hosts`, async () => {
    await ensureBridge(settled);
    await Promise.all(cluster.hosts.map((host) => startDocker({ cluster, host, supervisor, signal })));
  });
  const client = clientAs(cluster, 'admin');
  const superAdmin = clientAs(cluster, 'super-admin');
  try {
    await progress.step('Control plane', async () => {
      const remedy = `see ${logFile(cluster, 'apiserver')}`;
      await poll({ what: 'apiserver', timeout: 60_000, signal, remedy }, () => apiserverTrouble(superAdmin));
      await ensureIdentities(superAdmin, cluster, installation);
      for (const spec of controlPlaneSpecs(cluster, installation)) await supervisor.put(spec);
    });
    const archive = await progress.step('Images', async () => {
      const built = await buildImages(`${dataDir}/images`, {
        dns: `${installation.dir}/bin/dns.js`,
        hello: `${installation.dir}/deploy/demo/hello.js`,
        scheduler: `${installation.dir}/bin/scheduler.js`,
      });
      await Promise.all(cluster.hosts.map((host) => loadImages(host.dockerSocket, built)));
      return built;
    });
    await startNodes({ cluster, supervisor, client, installation, archive, previousNodes, progress, signal });
    const person = invokingPerson();
    await progress.step('kubeconfig', async () => {
      mergeContext(person, cluster.kubeconfig('admin'));
      return `context t8s in ${person.file}`;
    });
    if (!demo) return finish(progress, undefined);
    await progress.step('Demo', (note) => deployDemo({ client, installation, signal, note }));
    const { url, answers } = await curlDemo({ client, cluster, signal });
    for (const answer of answers) progress.say(`  ${answer}`);
    finish(progress, url);
  } finally {
    superAdmin.close();
    client.close();
  }
}

interface NodesOptions {
  cluster: Cluster;
  supervisor: SupervisorClient;
  client: Client;
  installation: Installation;
  archive: ImageArchive;
  previousNodes: number;
  progress: Progress;
  signal: AbortSignal;
}

async function startNodes(options: NodesOptions): Promise<void> {
  const { cluster, supervisor, client, installation, archive, previousNodes, progress, signal } = options;
  const names = cluster.hosts.map(({ name }) => name);
  await progress.step(names.length === 1 ? 'Node' : `${names.length} nodes`, async (note) => {
    await ensureAddons({ client, cluster, installation, content: archive.content });
    for (const host of cluster.hosts) for (const spec of nodeSpecs(cluster, installation, host)) await supervisor.put(spec);
    for (let index = cluster.hosts.length; index < previousNodes; index += 1)
      await removeNode(describeHost(cluster.dataDir, index), supervisor, client);
    const remedy = `see the logs in ${cluster.dataDir}/logs`;
    await poll({ what: 'nodes', timeout: 120_000, signal, remedy }, async () => {
      const trouble = await nodesTrouble(client, names);
      note(trouble ?? '');
      return trouble;
    });
    await labelControlPlane(client, names[0] ?? '');
  });
  await progress.step('DNS', (note) =>
    poll({ what: 'DNS', timeout: 180_000, signal, remedy: '`kubectl -n kube-system describe pods` says more' }, async () => {
      const trouble = await deploymentTrouble(client, dnsDeployment);
      note(trouble ?? '');
      return trouble;
    }),
  );
}

async function startDocker({
  cluster,
  host,
  supervisor,
  signal,
}: {
  cluster: Cluster;
  host: Host;
  supervisor: SupervisorClient;
  signal: AbortSignal;
}): Promise<void> {
  await ensureHost(host);
  const name = dockerProcess(host);
  const isOurs = (await supervisor.list()).some((process) => process.name === name);
  if (host.netns === undefined && !isOurs) {
    if (await dockerAnswers(host.dockerSocket)) return;
    if (await startMachineDocker()) return writeSettings(cluster.dataDir, { ...cluster.settings, startedDocker: true });
  }
  await supervisor.put(dockerSpec(host));
  await waitForDocker(host, { log: logFile(cluster, name), signal });
}

/** A node beyond the number that is wanted now. */
async function removeNode(host: Host, supervisor: SupervisorClient, client: Client): Promise<void> {
  await supervisor.remove(`${host.name}.kubelet`);
  await supervisor.remove(`${host.name}.kube-proxy`);
  await removePodContainers(host.dockerSocket);
  await supervisor.remove(dockerProcess(host));
  await removeHost(host);
  rmSync(host.dir, { recursive: true, force: true });
  await ifFound(client.resource(nodeKind).delete({ name: host.name }));
}

function finish(progress: Progress, demoUrl: string | undefined): void {
  progress.say('');
  progress.say('The cluster is up. Next:');
  if (demoUrl !== undefined) progress.say(`  curl ${demoUrl}`);
  progress.say('  kubectl get nodes -o wide        (without kubectl: ./t8s kubectl get nodes -o wide)');
  progress.say('  kubectl get pods -A');
  if (demoUrl !== undefined) progress.say('  kubectl scale deployment hello --replicas=8');
  else progress.say('  kubectl create deployment hello --image=t8s.local/hello:1 --replicas=3');
  progress.say('  sudo ./t8s status                sudo ./t8s down');
}
