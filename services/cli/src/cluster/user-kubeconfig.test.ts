import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatKubeconfig, type Kubeconfig } from '@t8s/component';
import { invokingPerson, mergeContext, removeContext } from './user-kubeconfig.ts';

const config = (name: string, server: string): Kubeconfig => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': name,
  clusters: [{ name, cluster: { server } }],
  users: [{ name, user: { token: 'x' } }],
  contexts: [{ name, context: { cluster: name, user: name } }],
});

test('the context comes and goes, and what else is in the file stays as it is', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-kubeconfig-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const [admin, file] = [join(dir, 'admin.conf'), join(dir, 'home/.kube/config')];
  writeFileSync(admin, formatKubeconfig(config('kubernetes', 'https://127.0.0.1:6443')));
  mergeContext({ file }, admin);
  mergeContext({ file }, admin);
  const merged = readFileSync(file, 'utf8');
  assert.match(merged, /current-context: t8s/);
  assert.equal(merged.match(/name: t8s-admin/g)?.length, 1);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  removeContext({ file });
  assert.equal(existsSync(join(dir, 'home/.kube')), false);

  const other = `# mine\n${formatKubeconfig(config('work', 'https://work:6443'))}extra: kept\n`;
  const own = join(dir, 'own');
  writeFileSync(own, other, { mode: 0o640 });
  mergeContext({ file: own }, admin);
  assert.match(readFileSync(own, 'utf8'), /# mine[\s\S]*current-context: t8s[\s\S]*work:6443[\s\S]*127.0.0.1:6443[\s\S]*extra: kept/);
  removeContext({ file: own });
  assert.equal(readFileSync(own, 'utf8'), other.replace('current-context: work', 'current-context: ""'));
  writeFileSync(own, '- a list\n');
  assert.throws(() => mergeContext({ file: own }, admin), /^SetupError: kubeconfig .* is not a mapping; mend it/);
});

test('under sudo it is the file of the user before', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 't8s-passwd-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const passwd = join(dir, 'passwd');
  writeFileSync(passwd, 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n');
  assert.deepEqual(invokingPerson({ HOME: '/root', SUDO_UID: '1000', SUDO_GID: '1001' }, passwd), {
    file: '/home/ann/.kube/config',
    owner: { uid: 1000, gid: 1001 },
  });
  assert.deepEqual(invokingPerson({ HOME: '/h' }, passwd), { file: '/h/.kube/config' });
  assert.deepEqual(invokingPerson({ HOME: '/h', KUBECONFIG: '/a:/b' }, passwd), { file: '/a' });
});
