/** What upstream fills in for pods and pod templates (core/v1 defaults, v1.34). Everything here changes its argument in place. */
import { parseQuantity, Quantity } from '@t8s/meta';
import type { Container, EphemeralContainer, Pod, PodSpec, PodTemplateSpec, Probe } from '../../generated/types.ts';
import { defaultVolume } from './default-volumes.ts';
import { isLatest } from './image-name.ts';
import { containerLimits, containerRequests } from './resources.ts';

const nanosOfMilli = 1_000_000n;

/** Defaults of a pod; templates get those of `defaultPodTemplate` only, so that a change of these never changes a template. */
export function defaultPod({ spec }: Pod): void {
  defaultPodSpec(spec);
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])])
    if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
  defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork)
    for (const { ports = [] } of [...spec.containers, ...(spec.initContainers ?? [])])
      for (const port of ports) port.hostPort ||= port.containerPort;
}

export function defaultPodTemplate(template: PodTemplateSpec): void {
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])])
    defaultContainer(container);
  roundToMilli(spec.overhead);
  roundToMilli(spec.resources?.limits);
  roundToMilli(spec.resources?.requests);
}

function defaultContainer(container: Container | EphemeralContainer): void {
  container.imagePullPolicy ||= isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  roundToMilli(container.resources.limits);
  roundToMilli(container.resources.requests);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ||= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop]) if (hook?.httpGet) defaultHttpGet(hook.httpGet);
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.httpGet) defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultHttpGet(action: NonNullable<Probe['httpGet']>): void {
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

/** Pod-level requests follow from the containers' requests, then from the pod's limits (KEP-2837). */
function defaultPodResources(spec: PodSpec): void {
  const { resources } = spec;
  if (resources === undefined || (!resources.limits && !resources.requests)) return;
  const hugePages = Object.entries(containerLimits(spec)).filter(([name]) => name.startsWith('hugepages-'));
  if (hugePages.length > 0)
    resources.limits = { ...Object.fromEntries(hugePages.map(([name, amount]) => [name, `${amount}`])), ...resources.limits };
  if (!resources.limits || Object.keys(resources.limits).length === 0) return;
  const asked = Object.entries(containerRequests(spec)).filter(([name]) => name === 'cpu' || name === 'memory');
  resources.requests = {
    ...resources.limits,
    ...Object.fromEntries(asked.map(([name, amount]) => [name, `${amount}`])),
    ...resources.requests,
  };
}

/** Amounts finer than a thousandth are rounded up. */
function roundToMilli(list: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = parseQuantity(text);
    const rest = amount.nano % nanosOfMilli;
    if (rest !== 0n && list) list[name] = `${new Quantity(amount.nano - rest + (rest > 0n ? nanosOfMilli : 0n), amount.format)}`;
  }
}
