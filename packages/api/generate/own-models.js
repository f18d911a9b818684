/** The models client-node does not have: metrics.k8s.io (https://github.com/kubernetes/metrics, v1beta1). */
const pkg = 'io.k8s.metrics.pkg.apis.metrics.v1beta1';
const usage = {
  name: 'usage',
  type: '{ [key: string]: string; }',
  quantity: true,
  required: true,
  description: 'The memory usage is the memory working set.',
};
const field = (name, type, description, required = true) => ({ name, type, format: '', description, required });
const head = [
  field('apiVersion', 'string', 'APIVersion defines the versioned schema of this representation of an object.', false),
  field('kind', 'string', 'Kind is a string value representing the REST resource this object represents.', false),
];
const interval = [
  field('timestamp', 'Date', 'The end of the interval from which metrics were collected: [timestamp - window, timestamp].'),
  field('window', 'string', 'The length of that interval.'),
];

function kindWithList(name, description, fields) {
  const listFields = [
    ...head,
    field('metadata', 'ListMeta', 'Standard list metadata.', false),
    field('items', `Array<${name}>`, `List of ${name}.`),
  ];
  return [
    [
      name,
      { package: pkg, description, fields: [...head, field('metadata', 'ObjectMeta', "Standard object's metadata.", false), ...fields] },
    ],
    [`${name}List`, { package: pkg, description: `${name}List is a list of ${name}.`, fields: listFields }],
  ];
}

export const ownModels = [
  [
    'ContainerMetrics',
    { package: pkg, description: 'Resource usage of a container.', fields: [field('name', 'string', 'Name of the container.'), usage] },
  ],
  ...kindWithList('NodeMetrics', 'Resource usage of a node.', [...interval, usage]),
  ...kindWithList('PodMetrics', 'Resource usage of a pod.', [
    ...interval,
    field('containers', 'Array<ContainerMetrics>', "Metrics of the pod's containers."),
  ]),
];
