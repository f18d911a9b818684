/** A controller on a fake apiserver: what the tests of the controllers share. */
import { type Pod, podKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { type Controller, EventRecorder } from '@t8s/controller';
import { InformerSet } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import { Registry } from 'prom-client';
import type { ControllerContext } from './context.ts';

export interface TestRun {
  client: FakeClient;
  clock: FakeClock;
  registry: Registry;
  /** Lets everything that is due happen, up to `ms` of fake time from now. */
  settle(ms?: number): Promise<void>;
  stop(): void;
}

/** Starts controllers on the client (or a new one); objects made before are in their first lists. */
export async function startControllers(
  create: (context: ControllerContext) => (Controller | Promise<Controller>)[],
  { clock = new FakeClock(), client = new FakeClient({ clock }) }: { clock?: FakeClock; client?: FakeClient } = {},
): Promise<TestRun> {
  const informers = new InformerSet({ client, log: silentLogger, clock });
  const registry = new Registry();
  const events = (component: string): EventRecorder => new EventRecorder({ client, component, log: silentLogger, clock });
  const controllers = await Promise.all(create({ client, informers, clock, registry, log: silentLogger, events }));
  const abort = new AbortController();
  void informers.run(abort.signal);
  for (const controller of controllers) void controller.run(abort.signal);
  const settle = async (ms = 100): Promise<void> => {
    for (let i = 0; i < 10; i++) await clock.advance(ms / 10);
  };
  await settle();
  return { client, clock, registry, settle, stop: () => abort.abort() };
}

/** What a kubelet does: pods (those of `which`) that are new run and are ready, since long ago or `since`. */
export async function makeReady(
  { client, settle }: TestRun,
  { which = () => true, since = '2025-01-01T00:00:00Z' }: { which?: (pod: Pod) => boolean; since?: string } = {},
): Promise<void> {
  const { items } = await client.resource(podKind).list();
  for (const pod of items.filter((p) => !p.status?.phase && which(p)))
    await client.resource(podKind).updateStatus({
      ...pod,
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }] },
    });
  await settle();
}
