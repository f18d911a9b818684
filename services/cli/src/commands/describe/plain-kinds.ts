/** Namespaces, service accounts, config maps, secrets and priority classes. */
import type { ConfigMap, Namespace, PriorityClass, Secret, ServiceAccount } from '@t8s/api';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import { sorted } from './description.ts';

export const describeNamespace: Describer<Namespace> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.line(0, 'Status:', object.status?.phase);
};

export const describeServiceAccount: Describer<ServiceAccount> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  for (const [title, names] of [
    ['Image pull secrets:', (object.imagePullSecrets ?? []).map(({ name }) => name)],
    ['Mountable secrets:', (object.secrets ?? []).map(({ name }) => name)],
    ['Tokens:', []],
  ] as const) {
    if (names.length === 0) to.line(0, title, '<none>');
    for (const [i, name] of names.entries()) to.line(0, i === 0 ? title : '', name);
  }
  await describeOwnEvents(subject);
};

export const describeConfigMap: Describer<ConfigMap> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.raw('\nData\n====\n');
  for (const [key, value] of sorted(object.data)) to.raw(`${key}:\n----\n${value}\n\n`);
  to.raw('\nBinaryData\n====\n');
  for (const [key, value] of sorted(object.binaryData)) to.raw(`${key}: ${Buffer.from(value, 'base64').length} bytes\n`);
  to.raw('\n');
  await describeOwnEvents(subject);
};

export const describeSecret: Describer<Secret> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.raw('\n');
  to.line(0, 'Type:', object.type);
  to.raw('\nData\n====\n');
  for (const [key, value] of sorted(object.data)) {
    const bytes = Buffer.from(value, 'base64');
    const isToken = object.type === 'kubernetes.io/service-account-token' && key === 'token';
    to.line(0, `${key}:`, isToken ? bytes.toString() : `${bytes.length} bytes`);
  }
};

export const describePriorityClass: Describer<PriorityClass> = async (subject) => {
  const { object, to } = subject;
  to.line(0, 'Name:', object.metadata.name);
  to.line(0, 'Value:', object.value);
  to.line(0, 'GlobalDefault:', object.globalDefault ?? false);
  to.line(0, 'PreemptionPolicy:', object.preemptionPolicy);
  to.line(0, 'Description:', object.description);
  to.annotations(object.metadata.annotations);
  await describeOwnEvents(subject);
};
