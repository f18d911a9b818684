/** Routes to the other nodes' pods over their hosts (one L2 network): the built-in network between nodes. */
import { runCommand } from './run-command.ts';

/** Marks our routes in the kernel's table (rtnetlink's protocol number), so that only ours are ever removed. */
const protocol = '117';

export interface NodeRange {
  podCidr: string;
  hostIp: string;
}

interface KernelRoute {
  dst: string;
  gateway?: string;
}

export interface RouteChange {
  replace: NodeRange[];
  remove: string[];
}

/** What turns the kernel's routes of ours into the wanted ones. */
export function routeChanges(existing: readonly KernelRoute[], wanted: readonly NodeRange[]): RouteChange {
  const have = new Map(existing.map((route) => [route.dst, route.gateway]));
  const want = new Set(wanted.map((node) => node.podCidr));
  return {
    replace: wanted.filter(({ podCidr, hostIp }) => have.get(podCidr) !== hostIp),
    remove: [...have.keys()].filter((dst) => !want.has(dst)),
  };
}

/** Makes the kernel's routes of ours exactly these. */
export async function applyHostRoutes(wanted: readonly NodeRange[]): Promise<void> {
  const listed = await runCommand('ip', ['-j', '-4', 'route', 'show', 'proto', protocol]);
  const { replace, remove } = routeChanges(JSON.parse(listed.trim() || '[]') as KernelRoute[], wanted);
  for (const dst of remove) await runCommand('ip', ['route', 'del', dst, 'proto', protocol]);
  for (const { podCidr, hostIp } of replace) await runCommand('ip', ['route', 'replace', podCidr, 'via', hostIp, 'proto', protocol]);
}
