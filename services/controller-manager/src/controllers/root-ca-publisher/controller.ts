/** Publishes the cluster's CA certificate as ConfigMap `kube-root-ca.crt` in every namespace: pods verify the apiserver with it. */
import { configMapKind, namespaceKind } from '@t8s/api';
import { Controller } from '@t8s/controller';
import { isStatus } from '@t8s/meta';
import type { ControllerContext } from '../../context.ts';

const name = 'kube-root-ca.crt';
const descriptionAnnotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export function rootCaPublisher({ client, informers, clock, log }: ControllerContext, rootCa: string): Controller {
  const namespaces = informers.informer(namespaceKind);
  const configMaps = informers.informer(configMapKind);
  const controller = new Controller({ name: 'root-ca-certificate-publisher', informers: [namespaces, configMaps], reconcile, log, clock });
  controller.watch(namespaces, (namespace) => [namespace.metadata.name ?? '']);
  controller.watch(configMaps, (configMap) => (configMap.metadata.name === name ? [configMap.metadata.namespace ?? ''] : []));
  return controller;

  async function reconcile(namespace: string): Promise<void> {
    const found = namespaces.get(namespace);
    if (!found || found.metadata.deletionTimestamp) return;
    const current = configMaps.get(`${namespace}/${name}`);
    const isDescribed = current?.metadata.annotations?.[descriptionAnnotation];
    if (isDescribed && current?.data?.['ca.crt'] === rootCa && Object.keys(current.data).length === 1) return;
    const annotations = { [descriptionAnnotation]: description };
    try {
      if (current)
        await client.resource(configMapKind).update({
          ...current,
          metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
          data: { 'ca.crt': rootCa },
        });
      else
        await client
          .resource(configMapKind)
          .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, annotations }, data: { 'ca.crt': rootCa } });
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists', 'NotFound', 'Forbidden')) throw error;
    }
  }
}
