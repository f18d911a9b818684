import { type Lease, leaseKind } from '@t8s/api';
import { type Clock, sleep } from '@t8s/async';
import type { Client } from '@t8s/client';
import { formatMicroTime, isStatus } from '@t8s/meta';
import type { Logger } from '@t8s/telemetry';

export interface NodeLeaseOptions {
  client: Client;
  nodeName: string;
  nodeUid: string;
  clock: Clock;
  log: Logger;
}

const namespace = 'kube-node-lease';
const durationSeconds = 40;
const renewEvery = 10_000;

/** Upstream's limit for heartbeats: a connection that died without a word must not hold up the next one. Milliseconds. */
export const heartbeatTimeout = 10_000;

/** Renews the node's lease every ten seconds until the signal aborts: its heartbeat. */
export async function renewNodeLease({ client, nodeName, nodeUid, clock, log }: NodeLeaseOptions, signal: AbortSignal): Promise<void> {
  const leases = client.resource(leaseKind);
  while (!signal.aborted) {
    const renewTime = formatMicroTime(clock.now());
    try {
      await leases.patch(
        { namespace, name: nodeName },
        {
          type: 'merge',
          body: { spec: { renewTime, holderIdentity: nodeName, leaseDurationSeconds: durationSeconds } },
          signal: AbortSignal.timeout(heartbeatTimeout),
        },
      );
    } catch (error) {
      if (isStatus(error, 'NotFound')) await create(renewTime);
      else log.warn({ err: error }, 'node lease not renewed');
    }
    if (!(await pause())) return;
  }

  async function create(renewTime: string): Promise<void> {
    const lease: Lease = {
      metadata: { name: nodeName, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid }] },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime },
    };
    try {
      await leases.create(lease);
    } catch (error) {
      // The namespace is made by the API server when it starts: the next round finds it.
      log.warn({ err: error }, 'node lease not created');
    }
  }

  async function pause(): Promise<boolean> {
    try {
      await sleep(renewEvery, { signal, clock });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
}
