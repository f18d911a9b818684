/** The pod that a command means by `POD`, `deployment/NAME` or `service/NAME`. */
import type { Pod } from '@t8s/api';
import type { LabelSelector } from '@t8s/meta';
import { formatSelector } from '../commands/describe/selector.ts';
import { Failure } from '../commands/failure.ts';
import type { Session } from '../session.ts';
import { getObject, listObjects } from './requests.ts';
import { parseTargets } from './targets.ts';

export interface Wanting {
  /** What can't be done where nothing names pods: `get the logs from`. */
  purpose?: string;
  /** Hears of the choice among several. */
  tell?(text: string): void;
}

/** Of several pods one that is ready, and of these the oldest. Fails where there is none. */
export async function podsBehind(session: Session, text: string, { purpose = 'attach to', tell }: Wanting = {}): Promise<Pod> {
  const { client, namespace, discovery } = session;
  const pods = await discovery.find('pods');
  const [target] = text.includes('/') ? await parseTargets([text], discovery) : [{ resource: pods, name: text }];
  if (!target) throw new Failure('error: POD or TYPE/NAME is a required argument');
  const object = await getObject(client, target.resource, { namespace, name: target.name });
  if (target.resource.resource === 'pods') return object as unknown as Pod;
  const { selector } = (object['spec'] ?? {}) as { selector?: LabelSelector | Record<string, string> };
  if (!selector || Object.keys(selector).length === 0) {
    const { version, kind, resource } = target.resource;
    const why =
      resource === 'services' ? `invalid service '${target.name}': Service is defined without a selector` : `a ${kind} selects no pods`;
    throw new Failure(`error: cannot ${purpose} *${version}.${kind}: ${why}`);
  }
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector);
  const labelSelector = formatSelector(isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector));
  const { items } = await listObjects(client, pods, { namespace, labelSelector });
  const found = (items as unknown as Pod[]).sort((a, b) => rank(a) - rank(b));
  const [first] = found;
  if (!first) throw new Failure(`error: no pods found for ${text}`);
  if (found.length > 1) tell?.(`Found ${found.length} pods, using pod/${first.metadata.name}\n`);
  return first;
}

function rank({ metadata, status }: Pod): number {
  const isReady = status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;
  return (isReady ? 0 : 1e15) + Date.parse(metadata.creationTimestamp ?? '');
}
