/** Which pods of a node a drain may take away, and what is said of the others. */
import { type DaemonSet, mirrorAnnotation, type Pod } from '@t8s/api';
import { controllerOf, isStatus } from '@t8s/meta';
import { getObject } from '../../resources/requests.ts';
import type { Session } from '../../session.ts';
import type { Flags } from '../verb.ts';

export interface Judgement {
  goes: boolean;
  /** Why the drain can't go on. */
  error?: string;
  warning?: string;
}

const stays: Judgement = { goes: false };
const goes: Judgement = { goes: true };

/** The first rule that keeps a pod decides; of those that let it go, the last one's warning is told. */
export async function judge(session: Session, pod: Pod, flags: Flags): Promise<Judgement> {
  if (goesAlready(pod, flags)) return stays;
  const byDaemonSet = await ofDaemonSet(session, pod, flags);
  if (!byDaemonSet.goes) return byDaemonSet;
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return stays;
  const local = withLocalData(pod, flags);
  if (!local.goes) return local;
  return withoutController(pod, flags);
}

const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

async function ofDaemonSet({ client, discovery }: Session, pod: Pod, flags: Flags): Promise<Judgement> {
  const controller = controllerOf(pod);
  if (controller?.kind !== 'DaemonSet' || hasEnded(pod)) return goes;
  const { namespace } = pod.metadata;
  try {
    await getObject(client, await discovery.find('daemonsets.apps'), { namespace, name: controller.name } satisfies {
      namespace: DaemonSet['metadata']['namespace'];
      name: string;
    });
  } catch (error) {
    // The pods of a daemon set that is gone are orphans.
    if (!isStatus(error, 'NotFound')) throw error;
    return flags.on('force') ? { goes: true, warning: error.message } : { goes: false, error: error.message };
  }
  if (!flags.on('ignore-daemonsets')) return { goes: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  return { goes: false, warning: 'ignoring DaemonSet-managed Pods' };
}

function withLocalData(pod: Pod, flags: Flags): Judgement {
  if (hasEnded(pod) || !pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined)) return goes;
  return flags.on('delete-emptydir-data')
    ? { goes: true, warning: 'deleting Pods with local storage' }
    : { goes: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
}

function withoutController(pod: Pod, flags: Flags): Judgement {
  if (hasEnded(pod) || controllerOf(pod)) return goes;
  return flags.on('force')
    ? { goes: true, warning: 'deleting Pods that declare no controller' }
    : { goes: false, error: 'cannot delete Pods that declare no controller (use --force to override)' };
}

/** Whether it has been going for longer than one is to wait for. */
function goesAlready({ metadata: { deletionTimestamp } }: Pod, flags: Flags): boolean {
  const patience = flags.number('skip-wait-for-delete-timeout');
  return patience > 0 && deletionTimestamp !== undefined && Date.now() - Date.parse(deletionTimestamp) > patience * 1000;
}
