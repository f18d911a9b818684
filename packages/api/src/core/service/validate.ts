/** core's ValidateService (v1.34), for a service whose addresses and ports the apiserver has allocated. */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isPortName,
  isPortNumber,
  isQualifiedName,
  required,
} from '@t8s/meta';
import { cidr, cidrWarnings, dnsLabel, ipWarnings, nonSpecialIp, protocols } from '../../addresses.ts';
import { invalidBy, ipAddress, oneOf, optionalOneOf } from '../../field-checks.ts';
import type { Service, ServicePort } from '../../generated/types.ts';
import { validateLabels } from '../../object-meta/validate.ts';
import { repeats } from '../../repeats.ts';
import { isExternallyAccessible, isHeadless, needsHealthCheckNodePort, serviceTypes } from './service-type.ts';
import { validateClusterIps, validateClusterIpsUpdate } from './validate-cluster-ips.ts';

const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";
const maxAffinitySeconds = 86_400;

export function validateService(service: Service): FieldError[] {
  const { spec } = service;
  const { ports = [], externalIPs = [], type } = spec;
  const repeatedNames = repeats(ports, ({ name }) => name);
  const repeatedPorts = repeats(ports, ({ protocol, port }) => `${protocol} ${port}`);
  return [
    ...validateTopologyAnnotations(service),
    ...(ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...(isHeadless(spec) && (type === 'LoadBalancer' || type === 'NodePort')
      ? [invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)]
      : []),
    ...(type === 'ExternalName' ? validateExternalName(spec.externalName ?? '') : []),
    ...ports.flatMap((port, i) =>
      validatePort(port, { path: `spec.ports[${i}]`, isRepeat: repeatedNames[i] ?? false, isOnly: ports.length === 1 }),
    ),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(service),
    ...validateClusterIps(service),
    ...externalIPs.flatMap((ip, i) => {
      const errors = ipAddress(`spec.externalIPs[${i}]`, ip);
      return errors.length > 0 ? errors : nonSpecialIp(`spec.externalIPs[${i}]`, ip);
    }),
    ...oneOf('spec.type', type, serviceTypes),
    ...validateNodePorts(service),
    ...ports.flatMap((port, i) =>
      repeatedPorts[i] ? [duplicate(`spec.ports[${i}]`, { protocol: port.protocol, port: port.port, targetPort: 0 })] : [],
    ),
    ...validateLoadBalancer(service),
    ...validateTrafficPolicies(service),
  ];
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const classChanged =
    service.spec.type === 'LoadBalancer' &&
    old.spec.type === 'LoadBalancer' &&
    service.spec.loadBalancerClass !== old.spec.loadBalancerClass;
  const checked = needsHealthCheckNodePort(service.spec) && needsHealthCheckNodePort(old.spec);
  return [
    ...validateClusterIpsUpdate(service, old),
    ...(classChanged ? [invalidValue('spec.loadBalancerClass', service.spec.loadBalancerClass, 'may not change once set')] : []),
    ...(checked && service.spec.healthCheckNodePort !== old.spec.healthCheckNodePort
      ? [forbiddenField('spec.healthCheckNodePort', 'field is immutable')]
      : []),
  ];
}

export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec.type !== 'LoadBalancer')
    return [forbiddenField(path, 'may only be used when `spec.type` is LoadBalancer')];
  return ingress.flatMap(({ ip = '', hostname = '', ipMode }, i) => [
    ...(ip === '' ? [] : ipAddress(`${path}[${i}].ip`, ip)),
    ...(ip !== '' && ipMode === undefined ? [required(`${path}[${i}].ipMode`, 'must be specified when `ip` is set')] : []),
    ...(ip === '' && ipMode !== undefined ? [forbiddenField(`${path}[${i}].ipMode`, 'may not be specified when `ip` is not set')] : []),
    ...(ip === '' ? [] : optionalOneOf(`${path}[${i}].ipMode`, ipMode, ['Proxy', 'VIP'])),
    ...(hostname === '' ? [] : invalidBy(`${path}[${i}].hostname`, hostname, isDns1123Subdomain(hostname))),
    ...(hostname !== '' && ipAddress('', hostname).length === 0
      ? [invalidValue(`${path}[${i}].hostname`, hostname, 'must be a DNS name, not an IP address')]
      : []),
  ]);
}

/** Fields that say nothing for the type at hand, and addresses that are not in their one form. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const warnings: string[] = [];
  if (metadata.annotations?.[oldTopologyMode] !== undefined)
    warnings.push(`annotation ${oldTopologyMode} is deprecated, please use ${topologyMode} instead`);
  if (spec.clusterIP && !isHeadless(spec))
    warnings.push(...(spec.clusterIPs ?? []).flatMap((ip, i) => ipWarnings(`spec.clusterIPs[${i}]`, ip)));
  if (spec.type === 'ClusterIP' && isHeadless(spec)) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(
    ...(spec.externalIPs ?? []).flatMap((ip, i) => ipWarnings(`spec.externalIPs[${i}]`, ip)),
    ...(spec.loadBalancerIP ? ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP) : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((block, i) => cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, block)),
  );
  if (spec.type === 'ExternalName' && spec.externalIPs?.length)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return warnings;
}

const topologyMode = 'service.kubernetes.io/topology-mode';
const oldTopologyMode = 'service.kubernetes.io/topology-aware-hints';

function validateTopologyAnnotations({ metadata: { annotations = {} } }: Service): FieldError[] {
  const mode = annotations[topologyMode];
  const old = annotations[oldTopologyMode];
  if (mode === undefined || old === undefined || mode === old) return [];
  return [
    invalidValue(`metadata.annotations[${topologyMode}]`, mode, `must match annotations[${oldTopologyMode}] when both are specified`),
  ];
}

/** A trailing dot marks a name as complete. */
function validateExternalName(name: string): FieldError[] {
  const cname = name.replace(/\.$/, '');
  return cname === '' ? [required('spec.externalName')] : invalidBy('spec.externalName', cname, isDns1123Subdomain(cname));
}

function validatePort(
  { name = '', port, protocol, targetPort = 0, appProtocol }: ServicePort,
  { path, isRepeat, isOnly }: { path: string; isRepeat: boolean; isOnly: boolean },
): FieldError[] {
  return [
    ...(name === '' ? (isOnly ? [] : [required(`${path}.name`)]) : dnsLabel(`${path}.name`, name)),
    ...(name !== '' && isRepeat ? [duplicate(`${path}.name`, name)] : []),
    ...invalidBy(`${path}.port`, port, isPortNumber(port)),
    ...oneOf(`${path}.protocol`, protocol, protocols),
    ...invalidBy(`${path}.targetPort`, targetPort, typeof targetPort === 'number' ? isPortNumber(targetPort) : isPortName(targetPort)),
    ...(appProtocol === undefined ? [] : invalidBy(`${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
  ];
}

function validateAffinity({ spec: { sessionAffinity, sessionAffinityConfig: config } }: Service): FieldError[] {
  const path = 'spec.sessionAffinityConfig';
  const errors = oneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  if (sessionAffinity === 'None' && config !== undefined)
    errors.push(forbiddenField(path, 'must not be set when session affinity is None'));
  if (sessionAffinity !== 'ClientIP') return errors;
  const why = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (config === undefined) errors.push(required(path, why));
  else if (config.clientIP === undefined) errors.push(required(`${path}.clientIP`, why));
  else if (seconds === undefined) errors.push(required(`${path}.clientIP.timeoutSeconds`, why));
  else if (seconds <= 0 || seconds > maxAffinitySeconds)
    errors.push(invalidValue(`${path}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`));
  return errors;
}

function validateNodePorts({ spec: { type, ports = [] } }: Service): FieldError[] {
  const asked = ports.map((port, i) => ({ port, path: `spec.ports[${i}].nodePort` })).filter(({ port }) => port.nodePort);
  const repeated = repeats(asked, ({ port }) => `${port.protocol} ${port.nodePort}`);
  return [
    ...(type === 'ClusterIP' ? asked.map(({ path }) => forbiddenField(path, "may not be used when `type` is 'ClusterIP'")) : []),
    ...asked.filter((_, i) => repeated[i]).map(({ port, path }) => duplicate(path, port.nodePort)),
  ];
}

function validateLoadBalancer({ metadata, spec }: Service): FieldError[] {
  const is = spec.type === 'LoadBalancer';
  const errors: FieldError[] = [];
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const annotation = metadata.annotations?.['service.beta.kubernetes.io/load-balancer-source-ranges'];
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (!is) errors.push(forbiddenField(path, onlyLoadBalancer));
    errors.push(...ranges.flatMap((range, i) => cidr(`${path}[${i}]`, range.trim())));
  } else if (annotation !== undefined) {
    const path = 'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]';
    if (!is) errors.push(forbiddenField(path, onlyLoadBalancer));
    if (annotation.trim() !== '') errors.push(...annotation.split(',').flatMap((range) => cidr(path, range.trim())));
  }
  const allocate = spec.allocateLoadBalancerNodePorts;
  if (!is && allocate !== undefined) errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', onlyLoadBalancer));
  if (is && allocate === undefined) errors.push(required('allocateLoadBalancerNodePorts'));
  const { loadBalancerClass } = spec;
  if (loadBalancerClass !== undefined) {
    const path = 'spec.loadBalancerClass';
    errors.push(
      ...(is ? invalidBy(path, loadBalancerClass, isQualifiedName(loadBalancerClass)) : [forbiddenField(path, onlyLoadBalancer)]),
    );
  }
  return errors;
}

function validateTrafficPolicies({ spec }: Service): FieldError[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort: check = 0, type = '' } = spec;
  const errors: FieldError[] = [];
  if (isExternallyAccessible(spec)) errors.push(...oneOf('spec.externalTrafficPolicy', external, ['Cluster', 'Local']));
  else if (external)
    errors.push(invalidValue('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'));
  if (needsHealthCheckNodePort(spec))
    errors.push(
      ...(check === 0 ? [required('spec.healthCheckNodePort')] : invalidBy('spec.healthCheckNodePort', check, isPortNumber(check))),
    );
  else if (check !== 0)
    errors.push(
      invalidValue(
        'spec.healthCheckNodePort',
        check,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  if (internal === undefined && ['ClusterIP', 'NodePort', 'LoadBalancer'].includes(type))
    errors.push(required('spec.internalTrafficPolicy'));
  errors.push(...optionalOneOf('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']));
  errors.push(...optionalOneOf('spec.trafficDistribution', spec.trafficDistribution, ['PreferClose', 'PreferSameNode', 'PreferSameZone']));
  return errors;
}
