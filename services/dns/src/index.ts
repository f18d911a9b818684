export { ClusterZone, type Lookup, type ResourceRecord } from './records/cluster-zone.ts';
export { RecordSource } from './records/record-source.ts';
export { DnsServer } from './server/dns-server.ts';
export { Forwarder, type Upstream } from './server/forwarder.ts';
export { Resolver } from './server/resolver.ts';
