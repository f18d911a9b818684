export { type CommandResult, type RunCommand, runCommand } from './iptables/command.ts';
export { KernelRules } from './iptables/kernel-rules.ts';
export { ProxyMetrics } from './metrics.ts';
export { Proxier, type ProxierOptions } from './proxier.ts';
