/** Sysctls that are a pod's own and can harm nobody else, with the minor version since which they count as safe (KEP-34). */
const since: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};

/** Whether a sysctl is safe in 1.`minor`, or now. */
export const isSafeSysctl = (name: string, minor = Number.POSITIVE_INFINITY): boolean =>
  Object.hasOwn(since, name) && (since[name] ?? 0) <= minor;

/** The dotted form of a name; where slashes divide it, dots are part of it. */
export const dottedSysctl = (name: string): string =>
  /^[^./]*\//.test(name) ? name.replaceAll(/[./]/g, (divider) => (divider === '/' ? '.' : '/')) : name;
