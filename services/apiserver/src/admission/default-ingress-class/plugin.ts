import { defaultClass, type Ingress, type IngressClass, ingressClassAnnotation } from '@t8s/api';
import type { ObjectStore } from '../../registry/object-store.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const isDefault = 'ingressclass.kubernetes.io/is-default-class';

/** An ingress that says nothing of its class gets the cluster's default one. */
export function defaultIngressClass({ cache }: ObjectStore): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    mutate({ resource, object, old, subresource }) {
      if (resource.storage !== 'ingresses' || old !== undefined || subresource !== '') return;
      const { metadata, spec } = object as Ingress;
      if (spec.ingressClassName !== undefined || metadata.annotations?.[ingressClassAnnotation] !== undefined) return;
      const classes = [...cache.resource('ingressclasses').range()].map((cached) => cached.object as IngressClass);
      const name = defaultClass(classes, isDefault)?.metadata.name;
      if (name !== undefined) spec.ingressClassName = name;
    },
  };
}
