import type { Pod } from '@t8s/api';

/** A pod of ordinary size: about 2.4 KB with what the apiserver adds. */
export function examplePod(name: string, nodeName?: string): Pod {
  return {
    metadata: {
      name,
      namespace: 'default',
      labels: { app: `app-${name.length % 10}`, group: name.slice(-1), 'pod-template-hash': '7d97fcdd7f' },
      annotations: { note: 'x'.repeat(100) },
    },
    spec: {
      ...(nodeName && { nodeName }),
      containers: [
        {
          name: 'web',
          image: 'registry.example.com/team/web:1.2.3',
          env: Array.from({ length: 5 }, (_, i) => ({ name: `VARIABLE_${i}`, value: `value-${i}` })),
          ports: [{ containerPort: 8080, name: 'http' }],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
        },
      ],
    },
  };
}
