/** Ingresses and their classes; ServiceCIDRs and IPAddresses. */
import type { EndpointSlice, Ingress, IngressBackend, IngressClass, IPAddress, Service, ServiceCIDR } from '@t8s/api';
import { StatusError } from '@t8s/meta';
import { getObject, listObjects } from '../../resources/requests.ts';
import { type Describer, describeHead, describeOwnEvents, type Subject } from './describer.ts';
import { longTime } from './description.ts';
import { endpointsText } from './service.ts';

export const describeIngress: Describer<Ingress> = async (subject) => {
  const { object, to } = subject;
  const { metadata, spec, status } = object;
  to.line(0, 'Name:', metadata.name);
  to.map('Labels', metadata.labels);
  to.line(0, 'Namespace:', metadata.namespace);
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean);
  to.line(0, 'Address:', [...new Set(addresses)].sort().join(','));
  to.line(0, 'Ingress Class:', spec.ingressClassName ?? '<none>');
  const fallback = spec.defaultBackend ? await backendText(subject, spec.defaultBackend) : '<default>';
  to.line(0, 'Default backend:', fallback);
  if (spec.tls?.length) to.line(0, 'TLS:');
  for (const { hosts = [], secretName } of spec.tls ?? [])
    to.line(1, secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`);
  to.line(0, 'Rules:');
  to.line(1, 'Host', 'Path', 'Backends');
  to.line(1, '----', '----', '--------');
  const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined);
  for (const { host, http } of rules) {
    to.line(1, host || '*', '');
    for (const { path, backend } of http?.paths ?? []) to.line(2, '', `${path ?? ''} `, await backendText(subject, backend));
  }
  if (rules.length === 0) to.line(1, '*', '*', fallback);
  to.annotations(metadata.annotations);
  await describeOwnEvents(subject);
};

/** `web:80 (10.244.0.5:8080)`, with what is wrong where there is no such service. */
async function backendText({ object, session }: Subject, { service, resource }: IngressBackend): Promise<string> {
  if (resource) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
  if (!service) return '';
  const { client, discovery } = session;
  const { namespace } = object.metadata;
  const { name, port } = service;
  const text = `${name}:${port?.number || port?.name || ''}`;
  try {
    const query = { namespace, labelSelector: `kubernetes.io/service-name=${name}` };
    const { items } = await listObjects(client, await discovery.find('endpointslices.discovery.k8s.io'), query);
    const found = (await getObject(client, await discovery.find('services'), { namespace, name })) as unknown as Service;
    const served = found.spec.ports?.find((one) => (port?.number ? one.port === port.number : one.name === port?.name));
    return `${text} (${endpointsText(items as unknown as EndpointSlice[], served?.name ?? '')})`;
  } catch (error) {
    if (error instanceof StatusError) return `${text} (<error: ${error.message}>)`;
    throw error;
  }
}

export const describeIngressClass: Describer<IngressClass> = async (subject) => {
  const { object, to } = subject;
  const { controller, parameters } = object.spec;
  describeHead(subject);
  to.line(0, 'Controller:', controller);
  if (parameters) {
    to.line(0, 'Parameters:');
    if (parameters.apiGroup !== undefined) to.line(1, 'APIGroup:', parameters.apiGroup);
    to.line(1, 'Kind:', parameters.kind);
    to.line(1, 'Name:', parameters.name);
  }
  await describeOwnEvents(subject);
};

export const describeServiceCidr: Describer<ServiceCIDR> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.line(0, 'CIDRs:', (object.spec.cidrs ?? []).join(', '));
  const conditions = object.status?.conditions ?? [];
  if (conditions.length > 0) {
    to.line(0, 'Status:');
    to.line(0, 'Conditions:');
    to.line(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
    to.line(1, '----', '------', '------------------', '------', '-------');
    for (const { type, status, lastTransitionTime, reason, message } of conditions)
      to.line(1, type, status, longTime(lastTransitionTime), reason, message);
  }
  await describeOwnEvents(subject);
};

export const describeIpAddress: Describer<IPAddress> = async (subject) => {
  const { object, to } = subject;
  const { parentRef } = object.spec;
  describeHead(subject);
  if (parentRef) {
    to.line(0, 'Parent Reference:');
    to.line(1, 'Group:', parentRef.group);
    to.line(1, 'Resource:', parentRef.resource);
    to.line(1, 'Namespace:', parentRef.namespace);
    to.line(1, 'Name:', parentRef.name);
  }
  await describeOwnEvents(subject);
};
