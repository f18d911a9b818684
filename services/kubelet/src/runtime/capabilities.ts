/** What this process may grant: its capability bounding set and the oom_score_adj it may set. */
import { readFileSync } from 'node:fs';

/** Linux capabilities by bit number (capabilities(7)). */
const names = `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST
NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE
SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND
AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(/\s+/);

export interface HostCapabilities {
  /** The capability bounding set. */
  bounding: readonly string[];
  /** Whether `--privileged` works: Docker asks for every capability that the kernel knows. */
  full: boolean;
  /** The least oom_score_adj that may be set. */
  minOomScoreAdj: number;
}

export function readHostCapabilities(proc = '/proc'): HostCapabilities {
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`${proc}/self/status`, 'utf8'))?.[1] ?? '0';
  const last = Number(readFileSync(`${proc}/sys/kernel/cap_last_cap`, 'utf8'));
  return hostCapabilities(BigInt(`0x${mask}`), last, Number(readFileSync(`${proc}/self/oom_score_adj`, 'utf8')));
}

/** Without CAP_SYS_RESOURCE nobody may lower an oom_score_adj below the own one: runc then fails with an unclear message. */
export function hostCapabilities(mask: bigint, lastCapability: number, ownOomScoreAdj: number): HostCapabilities {
  const known = names.slice(0, lastCapability + 1);
  const bounding = known.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
  return {
    bounding,
    full: bounding.length === known.length,
    minOomScoreAdj: bounding.includes('SYS_RESOURCE') ? -1000 : ownOomScoreAdj,
  };
}
