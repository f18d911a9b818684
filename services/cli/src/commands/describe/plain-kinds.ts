/** Namespaces, config maps, secrets and priority classes. */
import {
  type ConfigMap,
  formatLabels,
  type LimitRange,
  type Namespace,
  type PriorityClass,
  type ResourceQuota,
  type Secret,
} from '@t8s/api';
import { type KubeObject, StatusError } from '@t8s/meta';
import { listObjects } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';
import { type Describer, describeHead, describeOwnEvents, type Subject } from './describer.ts';
import { longTime, sorted } from './description.ts';
import { describeLimitRanges, describeResourceQuotas } from './limits.ts';

export const describeNamespace: Describer<Namespace> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject);
  to.line(0, 'Status:', object.status?.phase);
  const conditions = object.status?.conditions ?? [];
  if (conditions.length > 0) {
    to.line(0, 'Conditions:');
    to.line(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
    to.line(1, '----', '------', '------------------', '------', '-------');
    for (const { type, status, lastTransitionTime, reason, message } of conditions)
      to.line(1, type, status, longTime(lastTransitionTime), reason, message);
  }
  const [quotas, ranges] = await Promise.all([
    within<ResourceQuota>(subject, 'resourcequotas'),
    within<LimitRange>(subject, 'limitranges'),
  ]);
  if (quotas) {
    to.raw('\n');
    describeResourceQuotas(to, quotas);
  }
  if (ranges) {
    to.raw('\n');
    describeLimitRanges(to, ranges);
  }
};

/** What a namespace has of a kind; undefined where the server has no such kind, or refuses it. */
async function within<T extends KubeObject>({ object, session }: Subject, type: string): Promise<T[] | undefined> {
  try {
    const { items } = await listObjects(session.client, await session.discovery.find(type), { namespace: object.metadata.name });
    return items as unknown as T[];
  } catch (error) {
    if (error instanceof StatusError || error instanceof Failure) return undefined;
    throw error;
  }
}

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
  to.line(0, 'Annotations:', formatLabels(object.metadata.annotations));
  await describeOwnEvents(subject);
};
