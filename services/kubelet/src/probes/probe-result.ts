/** What one try of a probe says. `errored`: the probe itself could not be made. */
export interface ProbeResult {
  ok: boolean;
  output: string;
  errored?: boolean;
}

export const userAgent = 'kube-probe/1.34';
