import { type FieldError, isDns1123Subdomain, isPortNumber, isQualifiedName, required } from '@t8s/meta';
import { dnsLabel, nonSpecialIp, protocols } from '../../addresses.ts';
import { invalidBy, ipAddress, oneOf } from '../../field-checks.ts';
import type { CoreEndpointPort, EndpointAddress, Endpoints } from '../../generated/types.ts';

export function validateEndpoints({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const path = `subsets[${i}]`;
    return [
      ...(addresses.length + notReadyAddresses.length === 0 ? [required(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((address, j) => validateAddress(address, `${path}.addresses[${j}]`)),
      ...notReadyAddresses.flatMap((address, j) => validateAddress(address, `${path}.notReadyAddresses[${j}]`)),
      ...ports.flatMap((port, j) => validatePort(port, ports.length > 1, `${path}.ports[${j}]`)),
    ];
  });
}

function validateAddress({ ip, hostname, nodeName }: EndpointAddress, path: string): FieldError[] {
  return [
    ...ipAddress(`${path}.ip`, ip),
    ...(hostname ? dnsLabel(`${path}.hostname`, hostname) : []),
    ...(nodeName === undefined ? [] : invalidBy(`${path}.nodeName`, nodeName, isDns1123Subdomain(nodeName))),
    ...nonSpecialIp(`${path}.ip`, ip ?? ''),
  ];
}

function validatePort({ name, port, protocol, appProtocol }: CoreEndpointPort, needsName: boolean, path: string): FieldError[] {
  return [
    ...(name ? dnsLabel(`${path}.name`, name) : needsName ? [required(`${path}.name`)] : []),
    ...invalidBy(`${path}.port`, port, isPortNumber(port)),
    ...oneOf(`${path}.protocol`, protocol, protocols),
    ...(appProtocol === undefined ? [] : invalidBy(`${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol))),
  ];
}
