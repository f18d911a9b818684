/** Every kind the API serves, in the order discovery lists them. */
import { leaseKind } from './coordination/lease/kind.ts';
import { configMapKind } from './core/config-map/kind.ts';
import { endpointsKind } from './core/endpoints/kind.ts';
import { eventKind } from './core/event/kind.ts';
import { namespaceKind } from './core/namespace/kind.ts';
import { nodeKind } from './core/node/kind.ts';
import { secretKind } from './core/secret/kind.ts';
import { serviceKind } from './core/service/kind.ts';
import { serviceAccountKind } from './core/service-account/kind.ts';
import { endpointSliceKind } from './discovery/endpoint-slice/kind.ts';
import { eventsEventKind } from './events/event/kind.ts';
import type { Kind } from './kind.ts';
import { priorityClassKind } from './scheduling/priority-class/kind.ts';

export {
  configMapKind,
  endpointSliceKind,
  endpointsKind,
  eventKind,
  eventsEventKind,
  leaseKind,
  namespaceKind,
  nodeKind,
  priorityClassKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
};

export const kinds: readonly Kind[] = [
  configMapKind,
  endpointsKind,
  eventKind,
  namespaceKind,
  nodeKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  leaseKind,
  endpointSliceKind,
  eventsEventKind,
  priorityClassKind,
];
