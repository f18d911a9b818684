import type { Clock } from '@t8s/async';
import type { Client } from '@t8s/client';
import type { EventRecorder } from '@t8s/controller';
import type { InformerSet } from '@t8s/informer';
import type { Logger } from '@t8s/telemetry';
import type { Registry } from 'prom-client';

/** What every controller is made of. */
export interface ControllerContext {
  client: Client;
  informers: InformerSet;
  /** A recorder whose events come from `component`, as upstream names its controllers. */
  events(component: string): EventRecorder;
  /** Of the process: a controller's own metrics go there. */
  registry: Registry;
  log: Logger;
  clock: Clock;
}
