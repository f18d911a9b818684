/** Puts admission webhooks into effect with kubectl. */
import type { AdmissionWebhooks } from './admission-webhook.ts';
import type { Kubectl } from './kubectl-of.ts';

export type Json = Record<string, unknown>;

export const rule = (resource: string, ...operations: string[]): Json => ({
  operations,
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: [resource],
});

export interface AdmissionSetup {
  /** A webhook of a configuration: `hooks` answers for its name. */
  webhook(name: string, change: Json): Json;
  /** kubectl apply. */
  apply(...objects: Json[]): Promise<string>;
  /** Puts a webhook into effect for the time of `work`. */
  configured(kind: 'Mutating' | 'Validating', webhooks: Json[], work: () => Promise<void>): Promise<void>;
}

export function admissionSetup(kubectl: Kubectl, hooks: AdmissionWebhooks): AdmissionSetup {
  const apply = (...objects: Json[]): Promise<string> =>
    kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return {
    apply,
    webhook: (name, change) => ({
      name: `${name}.example.com`,
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { url: hooks.url(`/${name}`), caBundle: hooks.caBundle },
      ...change,
    }),
    async configured(kind, webhooks, work) {
      const name = 'under-test';
      await apply({ apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name }, webhooks });
      try {
        await work();
      } finally {
        await kubectl(['delete', `${kind.toLowerCase()}webhookconfiguration`, name]);
      }
    },
  };
}
