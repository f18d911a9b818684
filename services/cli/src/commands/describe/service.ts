import type { EndpointSlice, Service, ServicePort } from '@t8s/api';
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
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(', ');
  if (ingress) to.line(0, 'LoadBalancer Ingress:', ingress);
  const query = { namespace: metadata.namespace, labelSelector: `kubernetes.io/service-name=${metadata.name}` };
  const { items } = await listObjects(session.client, await session.discovery.find('endpointslices.discovery.k8s.io'), query);
  for (const port of spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    to.line(0, 'Port:', port.name || '<unset>', `${port.port}/${protocol}`);
    to.line(0, 'TargetPort:', `${port.targetPort ?? port.port}/${protocol}`);
    if (port.nodePort) to.line(0, 'NodePort:', port.name || '<unset>', `${port.nodePort}/${protocol}`);
    to.line(0, 'Endpoints:', endpointsText(items as unknown as EndpointSlice[], port));
  }
  to.line(0, 'Session Affinity:', spec.sessionAffinity);
  if (spec.externalTrafficPolicy) to.line(0, 'External Traffic Policy:', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy) to.line(0, 'Internal Traffic Policy:', spec.internalTrafficPolicy);
  if (spec.trafficDistribution) to.line(0, 'Traffic Distribution:', spec.trafficDistribution);
  if (spec.healthCheckNodePort) to.line(0, 'HealthCheck NodePort:', spec.healthCheckNodePort);
  if (spec.loadBalancerSourceRanges?.length) to.line(0, 'LoadBalancer Source Ranges:', spec.loadBalancerSourceRanges.join(','));
  await describeOwnEvents(subject);
};

/** Ready addresses of the port, the first few. */
function endpointsText(slices: readonly EndpointSlice[], port: ServicePort): string {
  const all = slices.flatMap(({ ports = [], endpoints }) =>
    ports
      .filter(({ name = '' }) => name === (port.name ?? ''))
      .flatMap(({ port: number }) =>
        endpoints
          .filter(({ conditions }) => conditions?.ready !== false)
          .flatMap(({ addresses }) => addresses.map((address) => `${address}:${number}`)),
      ),
  );
  const more = all.length > maxEndpoints ? ` + ${all.length - maxEndpoints} more...` : '';
  return all.slice(0, maxEndpoints).join(',') + more;
}
