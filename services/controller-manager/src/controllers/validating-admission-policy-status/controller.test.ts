import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validatingAdmissionPolicyKind } from '@t8s/api';
import { eventually } from '@t8s/testkit';
import { startControllers } from '../../test-context.ts';
import { validatingAdmissionPolicyStatusController } from './controller.ts';

test('a policy’s status says what its expressions get wrong, once for each generation', async () => {
  const { client, settle, stop } = await startControllers((context) => [validatingAdmissionPolicyStatusController(context)]);
  const policies = client.resource(validatingAdmissionPolicyKind);
  const resourceRules = [{ operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] }];
  const of = (expression: string) => ({ matchConstraints: { resourceRules }, validations: [{ expression }] });
  await policies.create({ metadata: { name: 'p', generation: 1 }, spec: of('object.replicas > 1') });
  await settle();
  // The compiler is loaded meanwhile.
  const status = await eventually(async () => {
    await settle();
    const { status } = await policies.get({ name: 'p' });
    assert.ok(status);
    return status;
  });
  assert.equal(status.observedGeneration, 1);
  assert.equal(status.typeChecking?.expressionWarnings?.[0]?.fieldRef, 'spec.validations[0].expression');
  assert.match(
    status.typeChecking?.expressionWarnings?.[0]?.warning ?? '',
    /^apps\/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field/,
  );
  const writes = client.actions.length;
  await settle(60_000);
  assert.equal(client.actions.length, writes, 'idle is idle');
  stop();
});
