import type { EndpointSlice, Service } from '@t8s/api';
import { listObjects } from '../../resources/requests.ts';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import { formatSelector } from './selector.ts';

/** Addresses shown of each port. */
const maxEndpoints = 3;

export const describeService: Describer<Service> = async (subject) => {
  const { object, to, session } = subject;
  const { metadata, spec, status } = object;
  describeHead(subject);
  to.line(0, 'Selector:', formatSelector({ matchLabels: spec.selector ?? {} }));
  to.line(0, 'Type:', spec.type);
  if (spec.ipFamilyPolicy) to.line(0, 'IP Family Policy:', spec.ipFamilyPolicy);
  to.line(0, 'IP Families:', spec.ipFamilies?.join(',') || '<none>');
  to.line(0, 'IP:', spec.clusterIP);
  to.line(0, 'IPs:', spec.clusterIPs?.join(',') || '<none>');
  if (spec.externalIPs?.length) to.line(0, 'External IPs:', spec.externalIPs.join(','));
  if (spec.loadBalancerIP) to.line(0, 'Desired LoadBalancer IP:', spec.loadBalancerIP);
  if (spec.externalName) to.line(0, 'External Name:', spec.externalName);
  const ingress = (status?.loadBalancer?.ingress ?? [])
    .map(({ ip, ipMode, hostname }) => (ip && ipMode ? `${ip} (${ipMode})` : ip || hostname))
    .join(', ');
  if (ingress) to.line(0, 'LoadBalancer Ingress:', ingress);
  const query = { namespace: metadata.namespace, labelSelector: `kubernetes.io/service-name=${metadata.name}` };
  const { items } = await listObjects(session.client, await session.discovery.find('endpointslices.discovery.k8s.io'), query);
  for (const port of spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    to.line(0, 'Port:', port.name || '<unset>', `${port.port}/${protocol}`);
    to.line(0, 'TargetPort:', `${port.targetPort ?? port.port}/${protocol}`);
    if (port.nodePort) to.line(0, 'NodePort:', port.name || '<unset>', `${port.nodePort}/${protocol}`);
    to.line(0, 'Endpoints:', endpointsText(items as unknown as EndpointSlice[], port.name ?? ''));
  }
  to.line(0, 'Session Affinity:', spec.sessionAffinity);
  if (spec.externalTrafficPolicy) to.line(0, 'External Traffic Policy:', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy) to.line(0, 'Internal Traffic Policy:', spec.internalTrafficPolicy);
  if (spec.healthCheckNodePort) to.line(0, 'HealthCheck NodePort:', spec.healthCheckNodePort);
  if (spec.loadBalancerSourceRanges?.length) to.line(0, 'LoadBalancer Source Ranges:', spec.loadBalancerSourceRanges.join(','));
  await describeOwnEvents(subject);
};

/** The ready addresses of a port, `10.244.0.5:80,… + 2 more...`: one for each endpoint of each slice. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const ready: string[] = [];
  let isMore = false;
  for (const { ports, endpoints } of slices) {
    // A headless service may have no ports.
    const suffixes = ports?.length ? ports.filter(({ name = '' }) => name === portName).map(({ port }) => `:${port}`) : [''];
    for (const suffix of suffixes)
      for (const { addresses, conditions } of endpoints ?? []) {
        // kubectl says "more" of any endpoint past the third, though it counts the ready ones.
        if (ready.length >= maxEndpoints) isMore = true;
        if (conditions?.ready !== false) ready.push(joined(addresses[0] ?? '', suffix));
      }
  }
  const text = ready.slice(0, maxEndpoints).join(',');
  return isMore ? `${text} + ${ready.length - maxEndpoints} more...` : text;
}

const joined = (address: string, suffix: string): string => (suffix && address.includes(':') ? `[${address}]${suffix}` : address + suffix);
