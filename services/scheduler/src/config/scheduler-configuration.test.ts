import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '@t8s/component';
import { InformerSet } from '@t8s/informer';
import { silentLogger } from '@t8s/telemetry';
import { FakeClient } from '@t8s/testkit';
import type { PluginContext } from '../framework/plugin-context.ts';
import { loadConfiguration, type SchedulerConfiguration } from './scheduler-configuration.ts';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

function load(text: string): SchedulerConfiguration {
  const dir = mkdtempSync(join(tmpdir(), 't8s-config-'));
  const file = join(dir, 'config.yaml');
  writeFileSync(file, head + text);
  try {
    return loadConfiguration(file);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message.replaceAll(`${file}: `, ''));
    throw error;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const client = new FakeClient();
const context = { client, informers: new InformerSet({ client, log: silentLogger }) } as unknown as PluginContext;

/** The plugins of the first profile at some points, scores with their weights. */
function profileIn(text: string): Record<string, string[]> {
  const profile = load(text).profiles[0]?.make(context);
  assert.ok(profile);
  const { plugins, weights } = profile;
  return {
    filter: plugins.filter.map(({ name }) => name),
    score: plugins.score.map(({ name }) => `${name} ${weights.get(name)}`),
    postFilter: plugins.postFilter.map(({ name }) => name),
  };
}

const scores = ['TaintToleration 3', 'NodeAffinity 2', 'NodeResourcesFit 1', 'PodTopologySpread 2', 'InterPodAffinity 2'];
const lastScores = ['NodeResourcesBalancedAllocation 1', 'ImageLocality 1'];

test('an empty file is the default scheduler', () => {
  const { profiles, initialBackoff, maxBackoff, leaderElection } = load('');
  assert.deepEqual(
    profiles.map(({ schedulerName, percentageOfNodesToScore }) => [schedulerName, percentageOfNodesToScore]),
    [['default-scheduler', 0]],
  );
  assert.deepEqual(
    [initialBackoff, maxBackoff, leaderElection.leaderElect, leaderElection.resourceName],
    [1000, 10_000, true, 'kube-scheduler'],
  );
  assert.deepEqual(profileIn('').score, [...scores, ...lastScores]);
  assert.deepEqual(profileIn('').postFilter, ['DynamicResources', 'DefaultPreemption']);
});

test('profiles have plugins, weights and a percentage of their own', () => {
  const { profiles } = load(
    'percentageOfNodesToScore: 50\nprofiles: [{schedulerName: a}, {schedulerName: b, percentageOfNodesToScore: 70}]',
  );
  assert.deepEqual(
    profiles.map(({ percentageOfNodesToScore }) => percentageOfNodesToScore),
    [50, 70],
  );
  const disabled = profileIn(`
profiles:
- plugins:
    multiPoint: {enabled: [{name: NodeAffinity, weight: 7}], disabled: [{name: DynamicResources}, {name: DefaultPreemption}]}
    score: {enabled: [{name: ImageLocality, weight: 5}], disabled: [{name: TaintToleration}]}
    filter: {disabled: [{name: "*"}], enabled: [{name: NodeName}]}
`);
  assert.deepEqual(disabled, {
    filter: ['NodeName'],
    score: ['ImageLocality 5', 'NodeAffinity 7', ...scores.slice(2), 'NodeResourcesBalancedAllocation 1'],
    postFilter: [],
  });
  const bare = profileIn(`
profiles:
- plugins:
    multiPoint: {disabled: [{name: "*"}], enabled: [{name: PrioritySort}, {name: DefaultBinder}, {name: ImageLocality}]}
`);
  assert.deepEqual(bare, { filter: [], score: ['ImageLocality 1'], postFilter: [] });
});

const wrong: Record<string, string> = {
  'profile: []': 'profile: Forbidden: unknown field',
  'percentageOfNodesToScore: 150': 'percentageOfNodesToScore: Invalid value: 150: not in valid range [0-100]',
  'podInitialBackoffSeconds: 0': 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0',
  'podInitialBackoffSeconds: 5\npodMaxBackoffSeconds: 2':
    'podMaxBackoffSeconds: Invalid value: 2: must be greater than or equal to PodInitialBackoffSeconds',
  'profiles: [{schedulerName: ""}]': 'profiles[0].schedulerName: Required value',
  'profiles: [{schedulerName: a}, {schedulerName: a}]': 'profiles[1].schedulerName: Duplicate value: "a"',
  'profiles: [{plugins: {score: {enabled: [{name: Best}]}}}]': 'profiles[0].plugins.score.enabled[0].name: Not found: "Best"',
  'profiles: [{plugins: {queueSort: {disabled: [{name: "*"}]}}}]':
    'profiles[0].plugins.queueSort: Required value: a profile needs one plugin that sorts the queue',
  'profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Fullest}}}]}]':
    'profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Fullest": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
  'profiles: [{pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]}]':
    'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0-100]',
  'profiles: [{pluginConfig: [{name: DefaultPreemption, args: {minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}}]}]':
    'profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute',
  'profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}}]}]':
    'profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
  'profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultingType: List, defaultConstraints: [{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}}]}]':
    'profiles[0].pluginConfig[0].args.defaultConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
  'leaderElection: {leaseDuration: 5s}':
    'leaderElection.leaseDuration: Invalid value: "5s": LeaseDuration must be greater than RenewDeadline',
  'leaderElection: {leaderElect: maybe}': 'leaderElection.leaderElect: Invalid value: "maybe": must be a boolean',
  'podMaxBackoffSeconds: 5\npodMaxBackoffSeconds: 6': 'line 4: key "podMaxBackoffSeconds" already set in map',
};

for (const [text, message] of Object.entries(wrong))
  test(`refused: ${text.slice(0, 80).replaceAll('\n', ', ')}`, () => assert.throws(() => load(text), { name: 'UsageError', message }));

test('every mistake is told, each with its file', () => {
  assert.throws(() => load('parallelism: 0\nextenders: [{}]'), {
    message:
      'parallelism: Invalid value: 0: should be an integer value greater than zero\nextenders: Forbidden: this scheduler calls no extenders; use plugins',
  });
  assert.throws(() => loadConfiguration('/no/such.yaml'), { message: 'cannot read /no/such.yaml: ENOENT' });
});

test('what plugins cannot do they are not enabled for', () => {
  const make = (plugins: string) => () => load(`profiles: [{plugins: ${plugins}}]`).profiles[0]?.make(context);
  assert.throws(make('{filter: {enabled: [{name: ImageLocality}]}}'), /plugins.filter.enabled: plugin "ImageLocality" has no filter/);
  assert.throws(make('{bind: {disabled: [{name: DefaultBinder}]}}'), /plugins.bind: a profile needs at least one plugin that binds/);
  assert.throws(make('{preFilter: {disabled: [{name: InterPodAffinity}]}}'), /InterPodAffinity needs its preFilter for its filter/);
});
