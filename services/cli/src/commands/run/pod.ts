/** The pod that `kubectl run` makes of its flags. */
import type { AnyObject } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';
import { parseLabels } from '../label/parse-labels.ts';
import type { Flags } from '../verb.ts';

export function podOf({ name, command, flags }: { name: string; command: readonly string[]; flags: Flags }): AnyObject {
  const labels = flags.list('labels');
  const annotations = flags.list('annotations');
  const env = flags.list('env').map(variable);
  const port = portOf(flags.text('port'));
  const stdin = flags.on('stdin');
  const container = {
    name,
    image: flags.text('image'),
    ...(command.length > 0 && { [flags.on('command') ? 'command' : 'args']: command }),
    ...(env.length > 0 && { env }),
    ...(flags.text('image-pull-policy') && { imagePullPolicy: flags.text('image-pull-policy') }),
    ...(port !== undefined && { ports: [{ containerPort: port }] }),
    resources: {},
    ...(flags.on('privileged') && { securityContext: { privileged: true } }),
    ...(stdin && { stdin: true }),
    ...(stdin && !flags.on('leave-stdin-open') && { stdinOnce: true }),
    ...(flags.on('tty') && { tty: true }),
  };
  const metadata = {
    creationTimestamp: null,
    name,
    labels: labels.length > 0 ? parseLabels(labels.join(',')) : { run: name },
    ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations.map(annotation)) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata as unknown as AnyObject['metadata'],
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.text('restart') },
    status: {},
  };
}

function variable(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`error: invalid env: ${text}`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function annotation(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`error: unexpected annotation spec: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function portOf(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new Failure(`error: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
