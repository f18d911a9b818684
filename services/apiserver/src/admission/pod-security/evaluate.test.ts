import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '@t8s/api';
import { describe, evaluate } from './evaluate.ts';
import type { Level } from './policy.ts';

const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

interface Case {
  spec?: object;
  container?: object;
  annotations?: Record<string, string>;
  level?: Level;
  version?: number;
  says: string;
}

function said({ spec, container = {}, annotations, level = 'baseline', version = Number.POSITIVE_INFINITY }: Case): string {
  const of = { containers: [{ name: 'a', image: 'i', securityContext: good, ...container }], ...spec } as PodSpec;
  return describe(evaluate({ metadata: annotations ? { annotations } : {}, spec: of }, { level, version }));
}

test('a pod that says nothing violates restricted in upstream’s words', () => {
  const spec = { containers: [{ name: 'a', image: 'i' }] };
  assert.equal(
    said({ spec, level: 'restricted', says: '' }),
    'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
  assert.equal(said({ spec, says: '' }), '');
  assert.equal(said({ level: 'restricted', says: '' }), '', 'one that says the right things is let in');
});

test('each check by an example', () => {
  const security = (securityContext: object, level?: Level): Omit<Case, 'says'> => ({
    container: { securityContext: { ...good, ...securityContext } },
    ...(level && { level }),
  });
  const seccomp = 'container.seccomp.security.alpha.kubernetes.io/a';
  const appArmor = 'container.apparmor.security.beta.kubernetes.io/a';
  const volumes = [
    { name: 'v', hostPath: { path: '/' } },
    { name: 'w', nfs: {} },
  ];
  const cases: Case[] = [
    { spec: { hostPID: true, hostNetwork: true }, says: 'host namespaces (hostNetwork=true, hostPID=true)' },
    { spec: { volumes }, says: 'hostPath volumes (volume "v")' },
    {
      spec: { volumes },
      level: 'restricted',
      says: 'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
    },
    { container: { ports: [{ hostPort: 80 }, { hostPort: 443 }] }, says: 'hostPort (container "a" uses hostPorts 443, 80)' },
    {
      container: { livenessProbe: { httpGet: { host: 'x' } } },
      says: 'probe or lifecycle host (container "a" uses probe or lifecycle host "x")',
    },
    { container: { livenessProbe: { httpGet: { host: 'x' } } }, version: 33, says: '' },
    { ...security({ privileged: true }), says: 'privileged (container "a" must not set securityContext.privileged=true)' },
    {
      ...security({ capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } }),
      says: 'non-default capabilities (container "a" must not include "SYS_ADMIN" in securityContext.capabilities.add)',
    },
    {
      ...security({ capabilities: { add: ['CHOWN'], drop: ['ALL'] } }, 'restricted'),
      says: 'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    },
    {
      ...security({ seccompProfile: { type: 'Unconfined' } }),
      says: 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
    },
    {
      annotations: { [seccomp]: 'unconfined' },
      version: 18,
      says: `seccompProfile (forbidden annotation ${seccomp}="unconfined")`,
    },
    { annotations: { [seccomp]: 'unconfined' }, says: '' },
    {
      spec: { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
      annotations: { [appArmor]: 'unconfined' },
      says: `forbidden AppArmor profiles (pod and annotation must not set AppArmor profile type to "Unconfined", "${appArmor}="unconfined"")`,
    },
    {
      ...security({ seLinuxOptions: { type: 'spc_t', user: 'u' } }),
      says: 'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    },
    { ...security({ seLinuxOptions: { type: 'container_engine_t' } }), says: '' },
    {
      ...security({ procMount: 'Unmasked' }),
      says: 'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    },
    { spec: { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, says: 'forbidden sysctls (kernel.msgmax)' },
    { spec: { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } }, version: 34, says: '' },
    {
      spec: { securityContext: { windowsOptions: { hostProcess: true } } },
      says: 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    },
    { spec: { securityContext: { runAsUser: 0 } }, level: 'restricted', says: 'runAsUser=0 (pod must not set runAsUser=0)' },
    { spec: { securityContext: { runAsUser: 0 } }, level: 'restricted', version: 22, says: '' },
    {
      spec: { securityContext: { runAsNonRoot: false } },
      level: 'restricted',
      says: 'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
    },
    { ...security({ allowPrivilegeEscalation: true }, 'privileged'), says: '' },
    {
      spec: { ephemeralContainers: [{ name: 'e', securityContext: { privileged: true } }] },
      says: 'privileged (container "e" must not set securityContext.privileged=true)',
    },
    {
      spec: { os: { name: 'windows' }, containers: [{ name: 'a', securityContext: { runAsNonRoot: true } }] },
      level: 'restricted',
      says: '',
    },
  ];
  for (const one of cases) assert.equal(said(one), one.says, JSON.stringify(one));
});
