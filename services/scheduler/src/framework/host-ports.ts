/** Ports of the host that pods occupy. */
import type { Pod } from '@t8s/api';

export interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

const anyAddress = '0.0.0.0';

/** Host ports of the containers that run with the pod: its containers and sidecars. */
export function hostPortsOf({ spec }: Pod): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...spec.containers, ...sidecars].flatMap((container) =>
    (container.ports ?? [])
      .filter(({ hostPort = 0 }) => hostPort > 0)
      .map(({ hostPort = 0, hostIP, protocol }) => ({ ip: hostIP || anyAddress, protocol: protocol || 'TCP', port: hostPort })),
  );
}

/** 0.0.0.0 stands for every address, on either side. */
export const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress);

/** The ports in use on a node, counted: two pods may share a port on different addresses. */
export class HostPorts {
  /** `TCP/80` → address → pods. */
  readonly #used = new Map<string, Map<string, number>>();

  add({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const addresses = this.#used.get(key) ?? new Map<string, number>();
    addresses.set(ip, (addresses.get(ip) ?? 0) + 1);
    this.#used.set(key, addresses);
  }

  remove({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const addresses = this.#used.get(key);
    const count = addresses?.get(ip) ?? 0;
    if (count > 1) addresses?.set(ip, count - 1);
    else addresses?.delete(ip);
    if (addresses?.size === 0) this.#used.delete(key);
  }

  /** 0.0.0.0 stands for every address, on either side. */
  conflicts({ ip, protocol, port }: HostPort): boolean {
    const addresses = this.#used.get(`${protocol}/${port}`);
    return addresses !== undefined && (ip === anyAddress || addresses.has(anyAddress) || addresses.has(ip));
  }
}
