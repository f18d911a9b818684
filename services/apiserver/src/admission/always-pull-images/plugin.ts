/** Images are pulled at every start, so that only pods with the credentials for an image get it, whatever a node has of it (upstream's). */
import type { Pod } from '@t8s/api';
import { aggregate, fieldErrorMessage, notSupported } from '@t8s/meta';
import type { Write } from '../../write-chain.ts';
import { containersOf } from '../containers.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { forbiddenBy, requestOf } from '../request.ts';

const always = 'Always';

export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  mutate(write) {
    if (!bringsImages(write)) return;
    const { spec } = write.object as Pod;
    for (const container of containersOf(spec)) container.imagePullPolicy = always;
    for (const { image } of spec.volumes ?? []) if (image) image.pullPolicy = always;
  },
  validate(write) {
    if (!bringsImages(write)) return;
    const wrong = policies(write.object as Pod).filter(([, policy]) => policy !== always);
    const errors = wrong.map(([path, policy = '']) => fieldErrorMessage(notSupported(path, policy, [always])));
    if (errors.length > 0) throw forbiddenBy(requestOf(write), aggregate(errors));
  },
};

function policies({ spec }: Pod): [path: string, policy: string | undefined][] {
  return [
    ...(['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
      (spec[list] ?? []).map(({ imagePullPolicy }, i): [string, string | undefined] => [
        `spec.${list}[${i}].imagePullPolicy`,
        imagePullPolicy,
      ]),
    ),
    ...(spec.volumes ?? []).flatMap(({ image }, i): [string, string | undefined][] =>
      image ? [[`spec.volumes[${i}].image.pullPolicy`, image.pullPolicy]] : [],
    ),
  ];
}

/** A pod that is new, or whose update names an image it did not have. */
function bringsImages({ resource, object, old, subresource }: Write): boolean {
  if (resource.storage !== 'pods' || subresource !== '') return false;
  const known = old && new Set(containersOf((old as Pod).spec).map(({ image }) => image));
  return !known || containersOf((object as Pod).spec).some(({ image }) => !known.has(image));
}
