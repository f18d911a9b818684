import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLogger } from '@t8s/telemetry';
import { SupervisorClient, SupervisorGone, serveControl } from './control.ts';
import { identify, signalProcess } from './kernel-processes.ts';
import { Supervisor } from './supervisor.ts';

const sleeper = { name: 'sleeper', command: process.execPath, args: ['-e', 'console.log("up", process.pid); setInterval(() => 0, 1e6)'] };

async function until<T>(what: string, read: () => T | undefined | false): Promise<T> {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const value = read();
    if (value) return value;
  }
  throw new Error(`waited in vain for ${what}`);
}

test('a process is kept running, survives its supervisor, is adopted by the next, and is stopped when told', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 't8s-supervisor-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const first = new Supervisor({ dataDir, log: silentLogger });
  first.resume();
  const { pid = 0 } = await first.put(sleeper);
  assert.equal((await first.put({ ...sleeper })).pid, pid, 'the same spec leaves it alone');

  const identity = identify(pid);
  assert.ok(identity);
  signalProcess(identity, 'SIGKILL');
  const second = await until('a restart', () => first.list().find((p) => p.restarts === 1 && p.pid !== undefined));
  assert.equal(second.lastEnd, 'signal SIGKILL');
  first.close();

  const next = new Supervisor({ dataDir, log: silentLogger });
  next.resume();
  assert.equal(next.list()[0]?.pid, second.pid, 'adopted, not started twice');
  const adopted = identify(second.pid ?? 0);
  assert.ok(adopted);
  // The first supervisor is still in this process and would start its child again.
  await first.remove('sleeper');
  await next.put(sleeper);
  await until('the end of an adopted process to be seen', () => next.list()[0]?.restarts === 1);
  const third = await next.put({ ...sleeper, version: '2' });
  await until('its output', () => readFileSync(join(dataDir, 'logs/sleeper.log'), 'utf8').includes(`up ${third.pid}`));
  await next.remove('sleeper');
  assert.equal(identify(third.pid ?? 0), undefined);
  assert.equal(existsSync(join(dataDir, 'run/sleeper.json')), false);
  next.close();
});

test('a command that is not there is tried again, and its status says why', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 't8s-supervisor-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const supervisor = new Supervisor({ dataDir, log: silentLogger });
  await supervisor.put({ name: 'x', command: '/no/such/command', args: [] });
  const status = await until('the failure', () => supervisor.list().find((p) => p.lastEnd !== undefined));
  assert.match(status.lastEnd ?? '', /ENOENT/);
  await supervisor.remove('x');
});

test('the socket carries specs and states, and says when nobody is there', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 't8s-supervisor-'));
  const socket = join(dataDir, 'control.sock');
  t.after(() => rmSync(dataDir, { recursive: true }));
  const client = new SupervisorClient(socket);
  await assert.rejects(client.list(), SupervisorGone);
  const supervisor = new Supervisor({ dataDir, log: silentLogger });
  const server = await serveControl({ supervisor, socket });
  t.after(() => server.close());
  const { pid } = await client.put(sleeper);
  assert.deepEqual(
    (await client.list()).map((p) => [p.name, p.state, p.pid]),
    [['sleeper', 'running', pid]],
  );
  await client.remove('sleeper');
  assert.deepEqual(await client.list(), []);
});
