import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PodNetwork } from './pod-network.ts';

const dir = mkdtempSync(join(tmpdir(), 't8s-cni-'));
after(() => rmSync(dir, { recursive: true }));

/** A plugin that writes down how it was called; `fails` makes it answer with an error. */
function plugin(name: string, answer: string, fails = false): void {
  const file = join(dir, 'bin', name);
  writeFileSync(
    file,
    `#!/bin/sh\n{ echo "$CNI_COMMAND ${name} $CNI_NETNS $CNI_ARGS"; cat; echo; } >> ${dir}/calls\necho '${answer}'\nexit ${fails ? 1 : 0}\n`,
  );
  chmodSync(file, 0o755);
}

const network = (): PodNetwork =>
  new PodNetwork({
    confDir: join(dir, 'net.d'),
    binDirs: [join(dir, 'bin')],
    stateDir: join(dir, 'state'),
    prepare: async () => undefined,
  });
const pod = { name: 'web', namespace: 'default', uid: 'u' };

test('a chain of plugins adds in order, deletes in reverse with what was kept, and remembers over a restart', async () => {
  for (const sub of ['bin', 'net.d']) mkdirSync(join(dir, sub));
  plugin('one', '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"}]}');
  plugin('two', '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"},{"address":"fd00::5/64"}]}');
  writeFileSync(
    join(dir, 'net.d', '10-a.conflist'),
    JSON.stringify({ cniVersion: '1.0.0', name: 'n', plugins: [{ type: 'one' }, { type: 'two', capabilities: { portMappings: true } }] }),
  );
  const portMappings = [{ protocol: 'TCP', containerPort: 80, hostPort: 8080, hostIp: '' }] as const;
  const ips = await network().setUp({ sandboxId: 's1', netns: '/proc/1/ns/net', pod, portMappings });
  assert.deepEqual(ips, ['10.1.0.5', 'fd00::5']);
  rmSync(join(dir, 'net.d'), { recursive: true });
  const restarted = network();
  assert.deepEqual(restarted.addresses('s1'), ips);
  await restarted.tearDown({ sandboxId: 's1', netns: '' });
  assert.deepEqual(restarted.addresses('s1'), []);
  const lines = readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.filter((_, i) => i % 2 === 0).map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['ADD one', 'ADD two', 'DEL two', 'DEL one'],
  );
  const [first, second] = [JSON.parse(lines[1] ?? ''), JSON.parse(lines[3] ?? '')];
  assert.equal(first.prevResult, undefined);
  assert.equal(first.runtimeConfig, undefined);
  assert.equal(second.prevResult.ips[0].address, '10.1.0.5/24');
  assert.equal(second.runtimeConfig.portMappings[0].hostPort, 8080);
});

test("a plugin's own words reach the error; a node without range and configuration is not ready", async () => {
  assert.throws(() => network().ready(), /no podCIDR yet/);
  mkdirSync(join(dir, 'net.d'));
  writeFileSync(join(dir, 'net.d', '10-a.conf'), JSON.stringify({ cniVersion: '0.4.0', name: 'n', type: 'bad' }));
  assert.throws(() => network().ready(), /failed to find plugin "bad"/);
  plugin('bad', '{"code":11,"msg":"no addresses left"}', true);
  await assert.rejects(
    network().setUp({ sandboxId: 's2', netns: '/x', pod, portMappings: [] }),
    /plugin type="bad" failed \(add\): no addresses left/,
  );
});
