import type { Probe } from '@t8s/api';
import { goList } from './go-values.ts';

/** `http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3`. */
export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const rhythm = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  return `${actionText(probe)} ${rhythm}`;
}

function actionText({ exec, httpGet, tcpSocket, grpc }: Probe): string {
  if (exec) return `exec ${goList(exec.command)}`;
  if (httpGet) {
    const { scheme = '', host = '', port, path = '' } = httpGet;
    const at = host.includes(':') ? `[${host}]` : host;
    return `http-get ${scheme.toLowerCase()}://${at}:${port}${path === '' || path.startsWith('/') ? '' : '/'}${escapedPath(path)}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''}`;
  return 'unknown';
}

/** As Go's net/url escapes the path of a URL: a `?` too, which no query follows here. */
function escapedPath(path: string): string {
  const escaped = (char: string): string =>
    encodeURIComponent(char).replace(/[!'()*]/, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return path === '*' ? path : path.replaceAll(/[^\w.~$&+,/:;=@-]/gu, escaped);
}
