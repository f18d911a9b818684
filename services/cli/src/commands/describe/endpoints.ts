/** Where the traffic of a service goes: Endpoints and EndpointSlices. */
import type { EndpointSlice, Endpoints } from '@t8s/api';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import type { Description } from './description.ts';

export const describeEndpoints: Describer<Endpoints> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.line(0, 'Subsets:');
  const list = (addresses: readonly { ip: string }[] | undefined): string => addresses?.map(({ ip }) => ip).join(',') || '<none>';
  for (const { addresses, notReadyAddresses, ports = [] } of object.subsets ?? []) {
    to.line(1, 'Addresses:', list(addresses));
    to.line(1, 'NotReadyAddresses:', list(notReadyAddresses));
    if (ports.length > 0) {
      to.line(1, 'Ports:');
      describePorts(to, 2, ports);
    }
    to.raw('\n');
  }
  await describeOwnEvents(subject);
};

export const describeEndpointSlice: Describer<EndpointSlice> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.line(0, 'AddressType:', object.addressType);
  if (object.ports?.length) {
    to.line(0, 'Ports:');
    describePorts(to, 1, object.ports);
  } else to.line(0, 'Ports: <unset>');
  to.line(0, object.endpoints?.length ? 'Endpoints:' : 'Endpoints: <none>');
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of object.endpoints ?? []) {
    to.line(1, '- Addresses:', addresses.join(', '));
    to.line(2, 'Conditions:');
    to.line(3, 'Ready:', conditions?.ready ?? '<unset>');
    to.line(2, 'Hostname:', hostname ?? '<unset>');
    if (targetRef) to.line(2, 'TargetRef:', `${targetRef.kind}/${targetRef.name}`);
    to.line(2, 'NodeName:', nodeName ?? '<unset>');
    to.line(2, 'Zone:', zone ?? '<unset>');
  }
  await describeOwnEvents(subject);
};

function describePorts(to: Description, level: number, ports: readonly { name?: string; port?: number; protocol?: string }[]): void {
  to.line(level, 'Name', 'Port', 'Protocol');
  to.line(level, '----', '----', '--------');
  for (const { name, port, protocol } of ports) to.line(level, name || '<unset>', port ?? '<unset>', protocol ?? '<unset>');
}
