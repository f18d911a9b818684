/** A controller on a fake apiserver: what the tests of the controllers share. */
import { FakeClock } from '@t8s/async';
import { type Controller, EventRecorder } from '@t8s/controller';
import { InformerSet } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import type { ControllerContext } from './context.ts';

export interface TestRun {
  client: FakeClient;
  clock: FakeClock;
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
  const events = (component: string): EventRecorder => new EventRecorder({ client, component, log: silentLogger, clock });
  const controllers = await Promise.all(create({ client, informers, clock, log: silentLogger, events }));
  const abort = new AbortController();
  void informers.run(abort.signal);
  for (const controller of controllers) void controller.run(abort.signal);
  const settle = async (ms = 100): Promise<void> => {
    for (let i = 0; i < 10; i++) await clock.advance(ms / 10);
  };
  await settle();
  return { client, clock, settle, stop: () => abort.abort() };
}
