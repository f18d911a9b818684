/** All processes of a cluster of one node, and a Docker of its own, in the network namespace that this process is in. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterRoleBindingKind, clusterRoleKind, nodeKind } from '@t8s/api';
import type { Client } from '@t8s/client';
import { eventually } from '@t8s/testkit';
import { type DockerHost, docker, importImages, startDocker } from '../integration/kubelet/docker-host.ts';
import { type ApiServerProcess, startApiServerProcess } from './apiserver-process.ts';
import { type ProcessUse, type ServiceProcess, startService } from './service-process.ts';

const nodeName = 'node-0';
const nodeIp = '10.89.0.1';

export class NodeCluster {
  readonly dir = mkdtempSync(join(tmpdir(), 't8s-perf-node-'));
  readonly api: ApiServerProcess;
  readonly docker: DockerHost;
  readonly #services: Record<string, ServiceProcess> = {};

  private constructor(api: ApiServerProcess, docker: DockerHost) {
    this.api = api;
    this.docker = docker;
  }

  /** Resolves when the node is Ready. `rootFs` is the archive that its images are made of. */
  static async start({ rootFs, profiles }: { rootFs: string; profiles?: string | undefined }): Promise<NodeCluster> {
    execFileSync('ip', ['address', 'add', `${nodeIp}/32`, 'dev', 'lo']);
    const cluster = new NodeCluster(await startApiServerProcess({ profiles }), await startDocker());
    try {
      importImages(rootFs);
      await cluster.#startServices(profiles);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async #startServices(profiles: string | undefined): Promise<void> {
    const { api, dir } = this;
    await letNodesSeeNodes(api.client);
    const file = (name: string): string => join(api.dir, name);
    const start = (name: string, flags: Record<string, string>): void => {
      this.#services[name] = startService({ name, flags, profiles });
    };
    start('controller-manager', {
      kubeconfig: await api.kubeconfig('system:kube-controller-manager'),
      'cluster-cidr': '10.244.0.0/16',
      'root-ca-file': file('ca.crt'),
    });
    start('scheduler', { kubeconfig: await api.kubeconfig('system:kube-scheduler') });
    start('kubelet', {
      kubeconfig: await api.kubeconfig(`system:node:${nodeName}`, ['system:nodes']),
      'hostname-override': nodeName,
      'node-ip': nodeIp,
      'root-dir': join(dir, 'kubelet'),
      'docker-endpoint': `unix://${this.docker.socket}`,
      'cni-conf-dir': join(dir, 'no-net.d'),
      'client-ca-file': file('ca.crt'),
      'tls-cert-file': file('serving.crt'),
      'tls-private-key-file': file('serving.key'),
    });
    start('kube-proxy', { kubeconfig: await api.kubeconfig('system:kube-proxy'), 'hostname-override': nodeName });
    await eventually(async () => {
      const { status } = await api.client.resource(nodeKind).get({ name: nodeName });
      if (!status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) throw new Error('the node is not Ready');
    }, 30_000);
  }

  /** Ours only, by name. */
  get processes(): Readonly<Record<string, ProcessUse>> {
    return { apiserver: this.api, ...this.#services };
  }

  async stop(): Promise<void> {
    for (const service of Object.values(this.#services)) await service.stop();
    await this.api.stop();
    const left = docker('ps', '-aq');
    if (left !== '') docker('rm', '-f', ...left.split('\n'));
    await this.docker.remove();
    for (const mount of mountsUnder(this.dir)) execFileSync('umount', [mount]);
    rmSync(this.dir, { recursive: true });
  }
}

/** The role that the built-in pod network brings with it. */
async function letNodesSeeNodes(client: Client): Promise<void> {
  const name = 't8s:pod-network';
  const rules = [{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }];
  await client.resource(clusterRoleKind).create({ metadata: { name }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'Group', name: 'system:nodes' }];
  await client.resource(clusterRoleBindingKind).create({ metadata: { name }, roleRef, subjects });
}

/** The kubelet's volumes in memory outlive it, as they do on a real node. */
function mountsUnder(dir: string): string[] {
  const lines = execFileSync('findmnt', ['--list', '--noheadings', '--output', 'TARGET']).toString().split('\n');
  return lines.map((line) => line.trim()).filter((target) => target.startsWith(`${dir}/`));
}
