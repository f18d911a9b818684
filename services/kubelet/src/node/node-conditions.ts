import type { NodeCondition } from '@t8s/api';
import { aggregate } from '@t8s/meta';

export interface NodeHealth {
  /** Why the runtime or the network can't be used; empty when all is well. */
  problems: readonly string[];
  /** Bytes. */
  availableMemory: number;
  disk: { total: number; available: number };
  pids: { max: number; used: number };
}

/** Upstream's eviction thresholds: below them the node is under pressure. */
const minMemory = 100 * 1024 * 1024;
const minDiskShare = 0.1;

type Verdict = Pick<NodeCondition, 'type' | 'status'> & { reason: string; message: string };

/** The node's conditions; transition times stay where the status stays. */
export function nodeConditions(health: NodeHealth, old: readonly NodeCondition[], now: string): NodeCondition[] {
  const { problems, availableMemory, disk, pids } = health;
  const verdicts: Verdict[] = [
    availableMemory < minMemory
      ? pressure('MemoryPressure', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available')
      : fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    disk.available < disk.total * minDiskShare
      ? pressure('DiskPressure', 'KubeletHasDiskPressure', 'kubelet has disk pressure')
      : fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    pids.used > pids.max * (1 - minDiskShare)
      ? pressure('PIDPressure', 'KubeletHasInsufficientPID', 'kubelet has insufficient PID available')
      : fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    problems.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: aggregate(problems),
        },
  ];
  return verdicts.map((verdict) => {
    const before = old.find((c) => c.type === verdict.type);
    const same = before?.status === verdict.status && before.lastTransitionTime !== undefined;
    return { ...verdict, lastHeartbeatTime: now, lastTransitionTime: same ? before.lastTransitionTime : now };
  });
}

function fine(type: string, reason: string, message: string): Verdict {
  return { type, status: 'False', reason, message };
}

function pressure(type: string, reason: string, message: string): Verdict {
  return { type, status: 'True', reason, message };
}
