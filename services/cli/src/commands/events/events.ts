/** `kubectl events`: what happened, oldest first. */
import type { CoreEvent } from '@t8s/api';
import { lines } from '@t8s/client';
import { humanDuration, parseTime } from '@t8s/meta';
import { Columns } from '../../printers/columns.ts';
import { objectPrinter } from '../../printers/object-printer.ts';
import { type AnyObject, listObjects, openWatch } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import { parseTargets } from '../../resources/targets.ts';
import { Failure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const eventsVerb: VerbBody = {
  about: 'Events of a namespace, of all of them, or of one object, with the latest at the end.',
  examples: `# Recent events of the namespace
kubectl events

# Everywhere
kubectl events --all-namespaces

# Of one pod, as they come
kubectl events --for pod/web-pod-13je7 --watch

# Only warnings
kubectl events --types=Warning`,
  usage: '[(-o|--output=)json|yaml|name|jsonpath] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  flags: [
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'boolean',
      default: false,
      help: 'If present, list the requested object(s) across all namespaces.',
    },
    { name: 'chunk-size', type: 'number', default: 500, help: 'Return large lists in chunks rather than all at once.' },
    { name: 'for', type: 'string', help: 'Filter events to only those pertaining to the specified resource.' },
    { name: 'no-headers', type: 'boolean', default: false, help: "When using the default output format, don't print headers." },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      help: 'Output format. One of: (json, yaml, name, jsonpath, jsonpath-as-json, jsonpath-file).',
    },
    { name: 'types', type: 'strings', help: 'Output only events of given types.' },
    { name: 'watch', short: 'w', type: 'boolean', default: false, help: 'After listing the requested events, watch for more events.' },
  ],
  run: events,
};

async function events(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const wrong = flags.list('types').find((type) => !/^(normal|warning)$/i.test(type));
  if (wrong !== undefined) throw new Failure('error: valid --types are Normal or Warning');
  const resource = await session.discovery.find('events.v1.');
  const namespace = flags.on('all-namespaces') ? undefined : session.namespace;
  const fieldSelector = await selectorOf(invocation);
  const isShown = ({ type = '' }: CoreEvent): boolean => {
    const types = flags.list('types');
    return types.length === 0 || types.some((one) => one.toLowerCase() === type.toLowerCase());
  };
  const { items, metadata } = await listObjects(session.client, resource, { namespace, fieldSelector });
  const found = (items as unknown as CoreEvent[]).filter(isShown).sort((a, b) => lastSeen(a) - lastSeen(b));
  const show = printerOf(invocation, resource);
  if (found.length === 0 && !flags.on('watch')) {
    session.io.err(flags.on('all-namespaces') ? 'No events found.\n' : `No events found in ${session.namespace} namespace.\n`);
    return;
  }
  if (found.length > 0) show(found, !flags.on('watch'));
  if (!flags.on('watch')) return;
  const query = { namespace, fieldSelector, resourceVersion: metadata.resourceVersion ?? '', signal: session.io.signal, asTable: false };
  try {
    for await (const line of lines(await openWatch(session.client, resource, query))) {
      const { type, object } = JSON.parse(line) as { type: string; object: CoreEvent };
      if (type !== 'BOOKMARK' && type !== 'DELETED' && isShown(object)) show([object], false);
    }
  } catch (error) {
    if (!session.io.signal.aborted) throw error;
  }
}

async function selectorOf({ session, flags }: Invocation): Promise<string> {
  const text = flags.text('for');
  if (text === '') return '';
  if (text.split('/').length !== 2) throw new Failure('error: --for must be in resource/name form');
  const [target] = await parseTargets([text], session.discovery);
  return `involvedObject.kind=${target?.resource.kind},involvedObject.name=${target?.name}`;
}

/** Goes on in the same table. */
function printerOf({ session, flags }: Invocation, resource: Resource): (events: readonly CoreEvent[], asList: boolean) => void {
  const output = flags.text('output');
  if (output !== '') {
    const printer = objectPrinter({ output });
    return (events, asList) =>
      session.io.out(
        printer.format(
          events.map((event) => ({ object: event as unknown as AnyObject, resource })),
          asList,
        ),
      );
  }
  const everywhere = flags.on('all-namespaces');
  const columns = new Columns();
  const header = [...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  let started = flags.on('no-headers');
  return (events) => {
    const rows = events.map((event) => [...(everywhere ? [event.metadata.namespace ?? ''] : []), ...rowOf(event, session.io.now())]);
    session.io.out(columns.format(started ? rows : [header, ...rows]));
    started = true;
  };
}

function rowOf(event: CoreEvent, now: number): string[] {
  const { type = '', reason = '', message = '', involvedObject } = event;
  return [interval(event, now), type, reason, `${involvedObject.kind}/${involvedObject.name}`, message.trim()];
}

const timeOf = (...texts: readonly (string | undefined)[]): number | undefined =>
  texts.map((text) => (text === undefined ? undefined : parseTime(text))).find((time) => time !== undefined);

const firstSeen = ({ firstTimestamp, eventTime }: CoreEvent): number | undefined => timeOf(firstTimestamp, eventTime);
const lastSeen = (event: CoreEvent): number => timeOf(event.series?.lastObservedTime, event.lastTimestamp, event.eventTime) ?? 0;

/** `3m (x4 over 10m)` */
function interval(event: CoreEvent, now: number): string {
  const since = (time: number | undefined): string => (time === undefined || time === 0 ? '<unknown>' : humanDuration(now - time));
  const count = event.series?.count ?? event.count ?? 1;
  const last = since(event.series || count > 1 ? lastSeen(event) : (firstSeen(event) ?? lastSeen(event)));
  return event.series || count > 1 ? `${last} (x${count} over ${since(firstSeen(event))})` : last;
}
