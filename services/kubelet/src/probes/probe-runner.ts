import type { Pod, Probe } from '@t8s/api';
import { isCriError, type RuntimeService } from '@t8s/cri';
import { grpcProbe } from './grpc-probe.ts';
import { httpProbe, httpTarget } from './http-probe.ts';
import { portNumber } from './port-number.ts';
import type { ProbeResult } from './probe-result.ts';
import { tcpProbe } from './tcp-probe.ts';

export interface ProbeTarget {
  pod: Pod;
  container: string;
  containerId: string;
  podIp: string;
}

/** Makes one try of a probe. Never rejects. */
export type ProbeRunner = (probe: Probe, target: ProbeTarget) => Promise<ProbeResult>;

export function probeRunner(runtime: Pick<RuntimeService, 'execSync'>): ProbeRunner {
  return async (probe, target) => {
    try {
      return await run(probe, target);
    } catch (error) {
      return { ok: false, output: (error as Error).message, errored: true };
    }
  };

  async function run(probe: Probe, { pod, container, containerId, podIp }: ProbeTarget): Promise<ProbeResult> {
    const timeoutSeconds = probe.timeoutSeconds ?? 1;
    if (probe.exec) return exec(containerId, probe.exec.command ?? [], timeoutSeconds);
    if (probe.httpGet) return httpProbe(httpTarget(probe.httpGet, pod, podIp, container), timeoutSeconds * 1000);
    if (probe.tcpSocket)
      return tcpProbe(probe.tcpSocket.host || podIp, portNumber(probe.tcpSocket.port, pod, container), timeoutSeconds * 1000);
    if (probe.grpc) return grpcProbe(`${podIp}:${probe.grpc.port}`, probe.grpc.service ?? '', timeoutSeconds * 1000);
    throw new Error('missing probe handler');
  }

  async function exec(containerId: string, cmd: string[], timeout: number): Promise<ProbeResult> {
    try {
      const { stdout, stderr, exitCode } = await runtime.execSync({ containerId, cmd, timeout });
      return {
        ok: exitCode === 0,
        output: Buffer.concat([stdout, stderr])
          .toString()
          .slice(0, 10 * 1024),
      };
    } catch (error) {
      if (isCriError(error, 'DeadlineExceeded')) return { ok: false, output: error.message };
      throw error;
    }
  }
}
