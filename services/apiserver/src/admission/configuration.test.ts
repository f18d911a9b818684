import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readAdmissionConfiguration } from './configuration.ts';

const dir = mkdtempSync(join(tmpdir(), 't8s-admission-'));
after(() => rmSync(dir, { recursive: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n';
const podSecurity = (version: string, rest: string): string =>
  `- name: PodSecurity\n  configuration: {apiVersion: pod-security.admission.config.k8s.io/${version}, kind: PodSecurityConfiguration, ${rest}}\n`;
const quota = (rest: string): string =>
  `- name: ResourceQuota\n  configuration: {apiVersion: apiserver.config.k8s.io/v1, kind: ResourceQuotaConfiguration, ${rest}}\n`;

test('plugins are told in the file, or in one that it names', () => {
  file('selectors.yaml', 'podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: env=test}');
  const text = `${head}${podSecurity('v1', 'defaults: {enforce: baseline}, exemptions: {usernames: [jane]}')}- name: PodNodeSelector\n  path: selectors.yaml\n${quota('limitedResources: [{resource: pods, matchContains: [cpu]}]')}`;
  const { PodSecurity, PodNodeSelector, ResourceQuota } = readAdmissionConfiguration(file('good.yaml', text));
  assert.deepEqual(PodSecurity?.defaults, {
    enforce: 'baseline',
    'enforce-version': 'latest',
    audit: 'privileged',
    'audit-version': 'latest',
    warn: 'privileged',
    'warn-version': 'latest',
  });
  assert.deepEqual(PodSecurity.exemptions, { usernames: ['jane'], namespaces: [], runtimeClasses: [] });
  assert.deepEqual(PodNodeSelector?.podNodeSelectorPluginConfig, { clusterDefaultNodeSelector: 'env=test' });
  assert.deepEqual(ResourceQuota?.limitedResources, [{ resource: 'pods', matchContains: ['cpu'] }]);
  assert.deepEqual(readAdmissionConfiguration(undefined), {});
});

test('what is wrong is told with file, field and reason', () => {
  const at = 'plugins[0].configuration';
  const cases: [text: string, message: string][] = [
    ['a: [', 'yaml: line 1: did not find expected key'],
    ['kind: AdmissionConfiguration', 'apiVersion: Required value'],
    [
      '{apiVersion: v1, kind: Pod}',
      'kind: Unsupported value: "v1, Kind=Pod": supported values: "apiserver.config.k8s.io/v1, Kind=AdmissionConfiguration", "apiserver.k8s.io/v1alpha1, Kind=AdmissionConfiguration"',
    ],
    [`${head}- {name: PodSecurity, nope: 1}`, 'plugins[0].nope: Forbidden: unknown field'],
    [`${head}- {path: x}`, 'plugins[0].name: Required value'],
    [`${head}- {name: Priority, path: x}`, 'plugins[0]: Forbidden: plugin "Priority" takes no configuration'],
    [
      `${head}${podSecurity('v2', '')}`,
      `${at}.kind: Unsupported value: "pod-security.admission.config.k8s.io/v2, Kind=PodSecurityConfiguration"`,
    ],
    [
      `${head}${podSecurity('v1', 'defaults: {enforce: strict}')}`,
      `${at}.defaults.enforce: Invalid value: "strict": must be one of privileged, baseline, restricted`,
    ],
    [
      `${head}${podSecurity('v1', 'defaults: {warn-version: v2}')}`,
      `${at}.defaults.warn-version: Invalid value: "v2": must be "latest" or "v1.x"`,
    ],
    [`${head}${podSecurity('v1', 'defaults: {enforce: 1}')}`, `${at}.defaults.enforce: Invalid value: "integer": `],
    [
      `${head}${podSecurity('v1', 'exemptions: {namespaces: [A]}')}`,
      `${at}.exemptions.namespaces[0]: Invalid value: "A": a lowercase RFC 1123 label`,
    ],
    [
      `${head}${podSecurity('v1', 'exemptions: {usernames: [a, "", a]}')}`,
      `[${at}.exemptions.usernames[1]: Required value, ${at}.exemptions.usernames[2]: Duplicate value: "a"]`,
    ],
    [`${head}${podSecurity('v1', 'exemptions: {groups: [a]}')}`, `${at}.exemptions.groups: Forbidden: unknown field`],
    [`${head}${quota('limitedResources: [{matchContains: [a]}]')}`, `${at}.limitedResources[0].resource: Required value`],
  ];
  for (const [i, [text, message]] of cases.entries()) {
    const name = file(`bad${i}.yaml`, text);
    assert.throws(
      () => readAdmissionConfiguration(name),
      (error: Error) => {
        assert.equal(error.name, 'UsageError');
        assert.equal(error.message.slice(0, name.length + 35 + message.length), `--admission-control-config-file: ${name}: ${message}`);
        return true;
      },
    );
  }
  assert.throws(() => readAdmissionConfiguration(join(dir, 'none')), {
    message: `--admission-control-config-file: cannot read ${dir}/none: ENOENT`,
  });
});
