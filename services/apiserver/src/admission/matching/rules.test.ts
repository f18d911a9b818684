import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServedResources } from '../../registry/served-resources.ts';
import type { AdmissionRequest } from '../plugin.ts';
import { asShownBy, equivalentsOf } from './equivalents.ts';
import { isExempt, matchRules } from './rules.ts';

const served = new ServedResources();
const resource = (group: string, version: string, name: string) => {
  const found = served.find(group, version, name);
  assert.ok(found);
  return found;
};
const request = (change: Partial<AdmissionRequest>): AdmissionRequest =>
  ({ operation: 'CREATE', subresource: '', namespace: 'd', name: 'x', ...change }) as AdmissionRequest;
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['events'] };

test('an equivalent resource matches where the policy allows it, and its objects are shown in its spelling', async () => {
  const events = resource('events.k8s.io', 'v1', 'events');
  const core = resource('', 'v1', 'events');
  const equivalents = equivalentsOf(events, served);
  assert.deepEqual(equivalents, [core]);
  const asked = request({ resource: events });
  assert.equal(matchRules([rule], { request: asked, equivalents, matchPolicy: 'Exact' }), undefined);
  assert.equal(matchRules([rule], { request: asked, equivalents, matchPolicy: 'Equivalent' }), core);
  const event = { metadata: { name: 'x', namespace: 'd' }, regarding: { kind: 'Pod', name: 'p' }, note: 'n', reason: 'r' };
  const shown = (await asShownBy(event, events, core)) as { involvedObject?: object; message?: string };
  assert.deepEqual([shown.involvedObject, shown.message], [{ kind: 'Pod', name: 'p' }, 'n']);
});

test('sub-resources, and Namespaces, which are in none', () => {
  const pods = resource('', 'v1', 'pods');
  const matches = (resources: string[], subresource: string): boolean =>
    matchRules([{ ...rule, resources }], { request: request({ resource: pods, subresource }), equivalents: [], matchPolicy: 'Exact' }) ===
    pods;
  assert.ok(matches(['pods/*'], '') && matches(['pods/*'], 'exec') && matches(['*/exec'], 'exec') && matches(['*'], ''));
  assert.ok(!matches(['pods'], 'exec') && !matches(['*'], 'exec') && !matches(['pods/exec'], ''));
  const namespaces = request({ resource: resource('', 'v1', 'namespaces') });
  const scoped = (scope: string): boolean =>
    matchRules([{ ...rule, resources: ['namespaces'], scope }], { request: namespaces, equivalents: [], matchPolicy: 'Exact' }) !==
    undefined;
  assert.ok(scoped('Cluster') && scoped('*') && !scoped('Namespaced'));
});

test('what configures admission is exempt', () => {
  const of = (name: string): boolean => isExempt(request({ resource: resource('admissionregistration.k8s.io', 'v1', name) }));
  assert.ok(of('validatingwebhookconfigurations') && of('validatingadmissionpolicybindings'));
  assert.equal(isExempt(request({ resource: resource('', 'v1', 'pods') })), false);
});
