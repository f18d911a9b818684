import { Failure } from '../failure.ts';
import { generatorVerb } from './generator.ts';

export const createIngressVerb = generatorVerb({
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  examples: `# Requests for foo.com/bar go to port 8080 of svc1, with a certificate
kubectl create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"

# All paths, and a class
kubectl create ingress all --class=otheringress --rule="foo.com/*=svc:http"

# What no rule matches
kubectl create ingress defaulted --default-backend=defaultsvc:http --rule="foo.com/*=svc:8080"`,
  usage: '--rule=host/path=service:port[,tls[=secret]] ',
  flags: [
    { name: 'annotation', type: 'texts', help: 'Annotation to insert in the ingress object, in the format annotation=value' },
    { name: 'class', type: 'string', help: 'Ingress Class to be used' },
    { name: 'default-backend', type: 'string', help: 'Default service for backend, in format of svcname:port' },
    {
      name: 'rule',
      type: 'texts',
      help: "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix.",
    },
  ],
  failing: 'failed to create ingress: ',
  object({ flags }) {
    const [rules, backend] = [flags.list('rule'), flags.text('default-backend')];
    if (rules.length === 0 && backend === '')
      throw new Failure(
        'error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const parsed = rules.map(readRule);
    const annotations = flags.list('annotation').map((text) => {
      const at = text.indexOf('=');
      if (at <= 0) throw new Failure(`error: annotation ${text} is invalid and should be in format key=[value]`);
      return [text.slice(0, at), text.slice(at + 1)];
    });
    const tls = tlsOf(parsed);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      ...(annotations.length > 0 && { metadata: { annotations: Object.fromEntries(annotations) } }),
      spec: {
        ...(flags.text('class') !== '' && { ingressClassName: flags.text('class') }),
        ...(backend !== '' && { defaultBackend: { service: serviceOf(backend) } }),
        ...(parsed.length > 0 && { rules: rulesOf(parsed) }),
        ...(tls.length > 0 && { tls }),
      },
      status: { loadBalancer: {} },
    };
  },
});

interface Rule {
  host: string;
  path: string;
  service: string;
  /** '' is TLS with the controller's own certificate. */
  secret: string | undefined;
}

function readRule(text: string): Rule {
  const match = /^([^/=]*)(\/[^=]*)=([^:=,]+:[^:=,]+)(?:,tls(?:=([^,]*))?)?$/.exec(text);
  if (!match) throw new Failure(`error: rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = '', path = '', service = '', secret] = match;
  return { host, path, service, secret: /,tls/.test(text) ? (secret ?? '') : undefined };
}

function serviceOf(text: string): object {
  const [name = '', port, ...more] = text.split(':');
  if (name === '' || port === undefined || more.length > 0)
    throw new Failure('error: default-backend should be in format servicename:serviceport');
  return { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } };
}

/** One rule for each host, in the order hosts are first named. */
function rulesOf(rules: readonly Rule[]): object[] {
  return [...new Set(rules.map(({ host }) => host))].map((host) => {
    const paths = rules
      .filter((rule) => rule.host === host)
      .map(({ path, service }) => ({
        backend: { service: serviceOf(service) },
        path: path.replace(/\*$/, ''),
        pathType: path.endsWith('*') ? 'Prefix' : 'Exact',
      }));
    return { ...(host !== '' && { host }), http: { paths } };
  });
}

function tlsOf(rules: readonly Rule[]): object[] {
  const hosts = new Map<string, Set<string>>();
  for (const { host, secret } of rules) if (secret !== undefined) hosts.set(secret, (hosts.get(secret) ?? new Set()).add(host));
  return [...hosts].map(([secret, names]) => {
    const named = [...names].filter(Boolean);
    return { ...(named.length > 0 && { hosts: named }), ...(secret !== '' && { secretName: secret }) };
  });
}
