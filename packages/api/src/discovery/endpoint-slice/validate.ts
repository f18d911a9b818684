import { isIPv4, isIPv6 } from 'node:net';
import { duplicate, type FieldError, invalidValue, isDns1123Subdomain, isLabelValue, isQualifiedName, required, tooMany } from '@t8s/meta';
import { dnsLabel, fullyQualifiedDomainName, nonSpecialIp, protocols } from '../../addresses.ts';
import { invalidBy, oneOf } from '../../field-checks.ts';
import type { DiscoveryEndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../../generated/types.ts';
import { validateLabels } from '../../object-meta/validate.ts';
import { repeats } from '../../repeats.ts';

const limits = { endpoints: 1000, addresses: 100, ports: 20_000, topologyLabels: 16, hints: 8 };

export function validateEndpointSlice({ addressType, endpoints, ports = [] }: EndpointSlice): FieldError[] {
  const repeatedPorts = repeats(ports, ({ name }) => name ?? '');
  return [
    ...oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...(endpoints.length > limits.endpoints
      ? [tooMany('endpoints', endpoints.length, limits.endpoints)]
      : endpoints.flatMap((endpoint, i) => validateEndpoint(endpoint, addressType, `endpoints[${i}]`))),
    ...(ports.length > limits.ports
      ? [tooMany('ports', ports.length, limits.ports)]
      : ports.flatMap((port, i) => validatePort(port, `ports[${i}]`, repeatedPorts[i]))),
  ];
}

function validateEndpoint(endpoint: Endpoint, addressType: string, path: string): FieldError[] {
  const { addresses, deprecatedTopology = {}, hostname, hints, nodeName } = endpoint;
  const labels = Object.keys(deprecatedTopology).length;
  return [
    ...(addresses.length === 0 ? [required(`${path}.addresses`, 'must contain at least 1 address')] : []),
    ...(addresses.length > limits.addresses ? [tooMany(`${path}.addresses`, addresses.length, limits.addresses)] : []),
    ...addresses.flatMap((address, i) => validateAddress(address, addressType, `${path}.addresses[${i}]`)),
    ...(nodeName === undefined ? [] : invalidBy(`${path}.nodeName`, nodeName, isDns1123Subdomain(nodeName))),
    ...(labels > limits.topologyLabels ? [tooMany(`${path}.deprecatedTopology`, labels, limits.topologyLabels)] : []),
    ...validateLabels(deprecatedTopology, `${path}.deprecatedTopology`),
    ...(hostname === undefined ? [] : dnsLabel(`${path}.hostname`, hostname)),
    ...(hints === undefined ? [] : validateHints(hints, `${path}.hints`)),
  ];
}

function validateAddress(address: string, addressType: string, path: string): FieldError[] {
  switch (addressType) {
    case 'IPv4':
      return [...(isIPv4(address) ? [] : [invalidValue(path, address, 'must be a valid IPv4 address')]), ...nonSpecialIp(path, address)];
    case 'IPv6':
      return [...(isIPv6(address) ? [] : [invalidValue(path, address, 'must be a valid IPv6 address')]), ...nonSpecialIp(path, address)];
    case 'FQDN':
      return fullyQualifiedDomainName(path, address);
    default:
      return [];
  }
}

function validateHints({ forZones = [], forNodes = [] }: EndpointHints, path: string): FieldError[] {
  return [...validateNames(forZones, isLabelValue, `${path}.forZones`), ...validateNames(forNodes, isDns1123Subdomain, `${path}.forNodes`)];
}

function validateNames(entries: readonly { name: string }[], check: (name: string) => string[], path: string): FieldError[] {
  if (entries.length > limits.hints) return [tooMany(path, entries.length, limits.hints)];
  const repeated = repeats(entries, ({ name }) => name);
  return entries.flatMap(({ name }, i) => [
    ...(repeated[i] ? [duplicate(`${path}[${i}].name`, name)] : []),
    ...invalidBy(`${path}[${i}].name`, name, check(name)),
  ]);
}

function validatePort(
  { name = '', protocol, appProtocol }: DiscoveryEndpointPort,
  path: string,
  isRepeat: boolean | undefined,
): FieldError[] {
  return [
    ...(name === '' ? [] : dnsLabel(`${path}.name`, name)),
    ...(isRepeat ? [duplicate(`${path}.name`, name)] : []),
    ...oneOf(`${path}.protocol`, protocol, protocols),
    ...(appProtocol === undefined ? [] : invalidBy(`${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
  ];
}
