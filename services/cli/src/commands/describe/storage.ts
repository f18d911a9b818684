/** StorageClasses, CSINodes and VolumeAttributesClasses. */
import { type CSINode, formatLabels, type StorageClass, type VolumeAttributesClass } from '@t8s/api';
import { type Describer, describeHead, describeOwnEvents } from './describer.ts';
import { trueOrFalse } from './description.ts';
import { goList } from './go-values.ts';

const defaultAnnotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const describeStorageClass: Describer<StorageClass> = async (subject) => {
  const { object, to } = subject;
  const { metadata, mountOptions = [], allowedTopologies } = object;
  to.line(0, 'Name:', metadata.name);
  to.line(0, 'IsDefaultClass:', defaultAnnotations.some((name) => metadata.annotations?.[name] === 'true') ? 'Yes' : 'No');
  to.line(0, 'Annotations:', formatLabels(metadata.annotations));
  to.line(0, 'Provisioner:', object.provisioner);
  to.line(0, 'Parameters:', formatLabels(object.parameters));
  to.line(0, 'AllowVolumeExpansion:', trueOrFalse(object.allowVolumeExpansion));
  if (mountOptions.length === 0) to.line(0, 'MountOptions:', '<none>');
  else {
    to.line(0, 'MountOptions:');
    for (const option of mountOptions) to.line(1, option);
  }
  if (object.reclaimPolicy) to.line(0, 'ReclaimPolicy:', object.reclaimPolicy);
  if (object.volumeBindingMode) to.line(0, 'VolumeBindingMode:', object.volumeBindingMode);
  if (allowedTopologies) {
    to.line(0, 'AllowedTopologies:', allowedTopologies.length === 0 ? '<none>' : '');
    for (const [i, { matchLabelExpressions = [] }] of allowedTopologies.entries()) {
      const [first = '<none>', ...rest] = matchLabelExpressions.map(({ key, values }) => `${key} in [${values.join(', ')}]`);
      to.line(1, `Term ${i}:`, first);
      for (const text of rest) to.line(1, '', text);
    }
  }
  await describeOwnEvents(subject);
};

export const describeCsiNode: Describer<CSINode> = async (subject) => {
  const { object, to } = subject;
  describeHead(subject, { created: true });
  to.line(0, 'Spec:');
  to.line(1, 'Drivers:');
  for (const { name, nodeID, allocatable, topologyKeys } of object.spec.drivers ?? []) {
    to.line(2, `${name}:`);
    to.line(3, 'Node ID:', nodeID);
    if (allocatable?.count !== undefined) {
      to.line(3, 'Allocatables:');
      to.line(4, 'Count:', allocatable.count);
    }
    if (topologyKeys) to.line(3, 'Topology Keys:', goList(topologyKeys));
  }
  await describeOwnEvents(subject);
};

export const describeVolumeAttributesClass: Describer<VolumeAttributesClass> = async (subject) => {
  const { object, to } = subject;
  to.line(0, 'Name:', object.metadata.name);
  to.line(0, 'Annotations:', formatLabels(object.metadata.annotations));
  to.line(0, 'DriverName:', object.driverName);
  to.line(0, 'Parameters:', formatLabels(object.parameters));
  await describeOwnEvents(subject);
};
