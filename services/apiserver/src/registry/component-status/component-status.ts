import type { ComponentCondition, ComponentStatus } from '@t8s/api';
import { methodNotAllowed, notFound } from '@t8s/meta';
import type { CachedObject } from '@t8s/storage';
import type { Subresource } from '../../endpoints/dispatch.ts';
import { answerPage } from '../../endpoints/list.ts';
import { answerCached } from '../../endpoints/present.ts';
import { Selection } from '../../endpoints/selection.ts';

/** What a component says when asked; throws the reason it doesn't answer. */
export type Probe = () => Promise<Pick<ComponentCondition, 'status' | 'message'>>;

/** GET componentstatuses: each component is asked while the client waits. */
export function componentStatuses(probes: Readonly<Record<string, Probe>>): Subresource {
  return async (context) => {
    const { info, resource, query } = context;
    if (info.verb === 'get') {
      const probe = Object.hasOwn(probes, info.name) ? probes[info.name] : undefined;
      if (!probe) throw notFound(resource.kind, info.name);
      return answerCached(context, 200, await ask(info.name, probe));
    }
    if (info.verb !== 'list') throw methodNotAllowed();
    const selection = new Selection(resource.kind, query);
    const items = await Promise.all(Object.entries(probes).map(([name, probe]) => ask(name, probe)));
    answerPage(context, { items: items.filter(({ object }) => selection.matches(object)), metadata: {} });
  };
}

async function ask(name: string, probe: Probe): Promise<CachedObject> {
  const condition = await probe().catch((error: Error) => ({ status: 'False', error: error.message }));
  const object: ComponentStatus = {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', ...condition }],
  };
  return { key: name, object, revision: 0, bytes: Buffer.from(JSON.stringify(object)) };
}

const patienceMs = 20_000;

/** Asks a component's health port on this machine. */
export function httpProbe(port: number): Probe {
  const url = `http://127.0.0.1:${port}/healthz`;
  return async () => {
    try {
      const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(patienceMs) });
      const text = await response.text();
      return response.ok
        ? { status: 'True', message: text }
        : { status: 'False', message: `HTTP probe failed with statuscode: ${response.status}` };
    } catch (error) {
      const { cause, message } = error as Error;
      return { status: 'False', message: `Get "${url}": ${cause instanceof Error ? cause.message : message}` };
    }
  };
}
