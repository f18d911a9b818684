/** Probes and lifecycle hooks: what they do, and how often. */
import { type FieldError, forbiddenField, type IntOrString, invalidValue, isPortName, isPortNumber, regexError, required } from '@t8s/meta';
import { all, each, invalidBy, nonNegative, optionalOneOf, requiredText } from '../../field-checks.ts';
import type { Container, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../generated/types.ts';

type Handler = Pick<Probe, 'grpc'> & LifecycleHandler;

/** The three probes of a container that may have them, and its hooks. `gracePeriod` is the pod's, in seconds. */
export function validateProbesAndHooks(container: Container, gracePeriod: number | undefined, path: string): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  return all(
    lifecycle && validateLifecycle(lifecycle, gracePeriod, `${path}.lifecycle`),
    livenessProbe && validateProbe(livenessProbe, `${path}.livenessProbe`),
    livenessProbe && mustSucceedOnce(livenessProbe, `${path}.livenessProbe`),
    readinessProbe && validateProbe(readinessProbe, `${path}.readinessProbe`),
    readinessProbe?.terminationGracePeriodSeconds !== undefined && [
      invalidValue(
        `${path}.readinessProbe.terminationGracePeriodSeconds`,
        readinessProbe.terminationGracePeriodSeconds,
        'must not be set for readinessProbes',
      ),
    ],
    startupProbe && validateProbe(startupProbe, `${path}.startupProbe`),
    startupProbe && mustSucceedOnce(startupProbe, `${path}.startupProbe`),
  );
}

function mustSucceedOnce({ successThreshold = 0 }: Probe, path: string): FieldError[] {
  return successThreshold === 1 ? [] : [invalidValue(`${path}.successThreshold`, successThreshold, 'must be 1')];
}

const probeNumbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const;

function validateProbe(probe: Probe, path: string): FieldError[] {
  const { terminationGracePeriodSeconds: grace } = probe;
  return all(
    validateHandler(probe, undefined, path),
    each(probeNumbers, (field) => nonNegative(`${path}.${field}`, probe[field])),
    grace !== undefined && grace <= 0 && [invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')],
  );
}

function validateLifecycle({ postStart, preStop }: Lifecycle, gracePeriod: number | undefined, path: string): FieldError[] {
  return [
    ...(postStart ? validateHandler(postStart, gracePeriod, `${path}.postStart`) : []),
    ...(preStop ? validateHandler(preStop, gracePeriod, `${path}.preStop`) : []),
  ];
}

function validateHandler(handler: Handler, gracePeriod: number | undefined, path: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  let found: FieldError[] | undefined;
  const take = (name: string, errors: FieldError[]): void => {
    if (found === undefined) found = errors;
    else found.push(forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type'));
  };
  if (exec) take('exec', (exec.command ?? []).length === 0 ? [required(`${path}.exec.command`)] : []);
  if (httpGet) take('httpGet', validateHttpGet(httpGet, `${path}.httpGet`));
  if (tcpSocket) take('tcpSocket', validatePort(tcpSocket.port, `${path}.tcpSocket.port`));
  if (grpc) take('grpc', validatePort(grpc.port, `${path}.grpc.port`));
  if (sleep) take('sleep', validateSleep(sleep.seconds, gracePeriod, `${path}.sleep`));
  return found ?? [required(path, 'must specify a handler type')];
}

function validateSleep(seconds: number, gracePeriod: number | undefined, path: string): FieldError[] {
  if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return [];
  return [invalidValue(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)];
}

function validateHttpGet({ path: urlPath, port, scheme = '', httpHeaders }: HTTPGetAction, path: string): FieldError[] {
  return all(
    requiredText(`${path}.path`, urlPath),
    validatePort(port, `${path}.port`),
    optionalOneOf(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']),
    each(httpHeaders, ({ name }) => invalidBy(`${path}.httpHeaders`, name, headerNameErrors(name))),
  );
}

function headerNameErrors(name: string): string[] {
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return /^[-A-Za-z0-9]+$/.test(name) ? [] : [regexError(message, '[-A-Za-z0-9]+', 'X-Header-Name')];
}

/** A port by number, or by the name of a container port. */
function validatePort(port: IntOrString, path: string): FieldError[] {
  return invalidBy(path, port, typeof port === 'number' ? isPortNumber(port) : isPortName(port));
}
