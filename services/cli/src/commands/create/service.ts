import { Failure } from '../failure.ts';
import type { Flag, Verb } from '../verb.ts';
import { generatorVerb } from './generator.ts';

const tcpFlag: Flag = { name: 'tcp', type: 'strings', help: "Port pairs can be specified as '<port>:<targetPort>'." };

const serviceVerb = (
  type: string,
  { flags = [], spec }: { flags?: readonly Flag[]; spec?: (text: (name: string) => string) => Record<string, unknown> } = {},
): Verb =>
  generatorVerb({
    name: type.toLowerCase(),
    summary: `Create ${type === 'ExternalName' ? 'an' : 'a'} ${type} service`,
    examples: `# A service of that type\nkubectl create service ${type.toLowerCase()} my-service ${type === 'ExternalName' ? '--external-name=example.com' : '--tcp=5678:8080'}`,
    usage: '--tcp=port:targetPort ',
    flags: [tcpFlag, ...flags],
    failing: `failed to create ${type} service: `,
    object({ name, flags: given }) {
      const more = spec?.((flag) => given.text(flag)) ?? {};
      const nodePort = type === 'NodePort' ? given.number('node-port') : 0;
      const ports = given.list('tcp').map((text) => ({ ...portOf(text), ...(nodePort > 0 && { nodePort }) }));
      if (ports.length === 0 && type !== 'ExternalName' && more.clusterIP !== 'None')
        throw new Failure('error: at least one tcp port specifier must be provided');
      return {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { labels: { app: name } },
        spec: { ...(ports.length > 0 && { ports }), selector: { app: name }, type, ...more },
        status: { loadBalancer: {} },
      };
    },
  });

export const createServiceVerb: Verb = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a service using a specified subcommand',
  verbs: [
    serviceVerb('ClusterIP', {
      flags: [
        {
          name: 'clusterip',
          type: 'string',
          help: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing).",
        },
      ],
      spec: (text) => (text('clusterip') === '' ? {} : { clusterIP: text('clusterip') }),
    }),
    serviceVerb('ExternalName', {
      flags: [{ name: 'external-name', type: 'string', required: true, help: 'External name of service' }],
      spec: (text) => ({ externalName: text('external-name') }),
    }),
    serviceVerb('LoadBalancer'),
    serviceVerb('NodePort', {
      flags: [{ name: 'node-port', type: 'number', default: 0, help: 'Port used to expose the service on each node in a cluster.' }],
    }),
  ],
};

function portOf(text: string): Record<string, unknown> {
  const [port = '', target = port] = text.split(':');
  if (!/^\d+$/.test(port)) throw new Failure(`error: strconv.ParseUint: parsing ${JSON.stringify(port)}: invalid syntax`);
  return {
    name: text.replace(':', '-'),
    port: Number(port),
    protocol: 'TCP',
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
  };
}
