import type { CoreEvent, Pod } from '@t8s/api';
import { at, later } from './metadata.ts';

export function eventsOf({ metadata: { uid = '' } }: Pod): CoreEvent[] {
  const event = (name: string, more: Partial<CoreEvent>): CoreEvent => ({
    metadata: { name: `rich.${name}`, namespace: 'default' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'rich', uid },
    type: 'Normal',
    ...more,
  });
  return [
    event('2', {
      reason: 'BackOff',
      type: 'Warning',
      message: ' Back-off restarting\n',
      count: 4,
      firstTimestamp: at,
      lastTimestamp: later,
      source: { component: 'kubelet' },
    }),
    event('1', {
      reason: 'Pulled',
      message: 'Pulled image',
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: 'kubelet' },
    }),
    event('3', {
      reason: 'Scheduled',
      message: 'assigned',
      action: 'Binding',
      eventTime: '2024-05-06T07:08:09.000000Z',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'x',
      series: { count: 7, lastObservedTime: '2024-05-06T08:08:09.000000Z' },
    }),
  ];
}
