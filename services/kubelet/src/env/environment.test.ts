import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, Service } from '@t8s/api';
import { notFound } from '@t8s/meta';
import { containerCommand, type EnvironmentOptions } from './environment.ts';

const service: Service = {
  metadata: { name: 'my-db', namespace: 'default' },
  spec: { clusterIP: '10.96.0.7', ports: [{ name: 'sql-x', port: 5432, protocol: 'TCP' }] },
};

function options(container: Partial<Container>): EnvironmentOptions {
  const full: Container = { name: 'app', image: 'x', resources: { limits: { memory: '64Mi' } }, ...container };
  const pod: Pod = {
    metadata: { name: 'web', namespace: 'default', labels: { b: '2', a: 'x"y' } },
    spec: { containers: [full], nodeName: 'n' },
  };
  return {
    pod,
    container: full,
    addresses: { podIps: ['10.244.0.5'], hostIps: ['10.89.0.1'] },
    services: [service],
    allocatable: { cpu: '1500m' },
    objects: {
      configMap: async (_, name) => {
        if (name !== 'conf') throw notFound({ group: '', resource: 'configmap' }, name);
        return { metadata: { name }, data: { mode: 'dev' } };
      },
      secret: async (_, name) => ({ metadata: { name }, data: { password: Buffer.from('pw').toString('base64') } }),
    },
  };
}

test('sources, references and expansion, with the later name winning', async () => {
  const result = await containerCommand(
    options({
      command: ['run', '$(GREETING)'],
      args: ['$(MY_DB_SERVICE_HOST)', '$$(GREETING)', '$(NONE)'],
      envFrom: [{ prefix: 'C_', configMapRef: { name: 'conf' } }, { secretRef: { name: 's' } }],
      env: [
        { name: 'WHO', value: 'world' },
        { name: 'GREETING', value: 'hello $(WHO) $(C_mode) $(LATER)' },
        { name: 'LATER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['b']" } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'PW', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } },
        { name: 'OPT', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional: true } } },
      ],
    }),
  );
  assert.deepEqual(result.command, ['run', 'hello world dev $(LATER)']);
  assert.deepEqual(result.args, ['10.96.0.7', '$(GREETING)', '$(NONE)']);
  const env = Object.fromEntries(result.env.map(({ key, value }) => [key, value]));
  assert.deepEqual(
    [env['LATER'], env['IP'], env['MEM'], env['CPU'], env['PW'], env['password']],
    ['2', '10.244.0.5', '64', '2', 'pw', 'pw'],
  );
  assert.equal('OPT' in env, false);
  assert.equal(env['MY_DB_SERVICE_PORT_SQL_X'], '5432');
  assert.equal(env['MY_DB_PORT_5432_TCP'], 'tcp://10.96.0.7:5432');
});

test("what is missing is named in upstream's words", async () => {
  const missing = (env: Container['env']): Promise<unknown> => containerCommand(options({ env }));
  await assert.rejects(missing([{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }]), /configmap "none" not found/);
  await assert.rejects(
    missing([{ name: 'A', valueFrom: { configMapKeyRef: { name: 'conf', key: 'k' } } }]),
    /couldn't find key k in ConfigMap default\/conf/,
  );
});
