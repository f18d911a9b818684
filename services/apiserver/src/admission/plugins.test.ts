import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@t8s/component';
import { selectPlugins } from './plugins.ts';

const select = (enable: string, disable = ''): string[] =>
  selectPlugins({ enable: enable.split(',').filter(Boolean), disable: disable.split(',').filter(Boolean) });

test('some are off unless asked for, and all others on; the order is upstream’s, whatever that of the flags', () => {
  const usual = select('');
  for (const name of ['NodeRestriction', 'AlwaysPullImages', 'PodNodeSelector', 'OwnerReferencesPermissionEnforcement'])
    assert.ok(!usual.includes(name), name);
  assert.equal(usual.at(0), 'NamespaceLifecycle');
  assert.equal(usual.at(-1), 'ResourceQuota');
  assert.deepEqual(select('PodNodeSelector,AlwaysPullImages', 'PodSecurity').slice(3, 7), [
    'TaintNodesByCondition',
    'AlwaysPullImages',
    'PodNodeSelector',
    'Priority',
  ]);
});

test('what is unknown, or asked for and not, ends the start', () => {
  const cases: [enable: string, disable: string, message: string][] = [
    ['Nope', '', 'enable-admission-plugins plugin "Nope" is unknown'],
    ['', 'Nope,PodSecurity', 'disable-admission-plugins plugin "Nope" is unknown'],
    [
      'Priority,PodSecurity',
      'PodSecurity,Priority',
      '[PodSecurity Priority] in enable-admission-plugins and disable-admission-plugins overlapped',
    ],
    ['a', 'b', '[enable-admission-plugins plugin "a" is unknown, disable-admission-plugins plugin "b" is unknown]'],
  ];
  for (const [enable, disable, message] of cases) assert.throws(() => select(enable, disable), new UsageError(message));
});
