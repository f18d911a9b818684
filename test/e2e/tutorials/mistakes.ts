import assert from 'node:assert/strict';
import type { ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import { type Lesson, lesson, sleeper } from './lesson.ts';

export function mistakes(cluster: ClusterUnderTest): void {
  lesson(cluster, { name: 'what is mistyped is told, and how to mend it', namespace: 'mistakes' }, async (lesson) => {
    await lesson.say('create deployment web --image=t8s.local/hello:1');
    // Manifests of older tutorials, and slips of the pen.
    for (const [object, said] of refused) assert.match(await lesson.refuses(object), said);
    for (const [line, said] of answers)
      for (const client of ['kubectl', 'bundled'] as const)
        assert.equal(await lesson.fails(line, client), `Error from server ${said}`, line);
    if (!(await lesson.say('version --client')).includes('v1.2')) await sameWords(lesson);
  });
}

/** Today's kubectl and the bundled one say the same; Debian's had other words. */
async function sameWords(lesson: Lesson): Promise<void> {
  const differences: { line: string; ours: string; theirs: string }[] = [];
  for (const line of lines) {
    const [ours, theirs] = [await lesson.fails(line, 'bundled'), plain(await lesson.fails(line))];
    if (ours !== theirs) differences.push({ line, ours, theirs });
  }
  assert.deepEqual(differences, []);
}

/** A kubectl that a vendor has wrapped logs some of what others say, or writes it large. */
const plain = (said: string): string =>
  said
    .replace(/^E\d{4} .*\] "command failed" err=(".*")$/, (_, text: string) => `error: ${JSON.parse(text)}`)
    .replace(/^Error: unknown flag/, 'error: unknown flag');

const replicaSet = (spec: object): object => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'kuard' }, spec });
const template = { metadata: { labels: { tier: 'nginx' } }, spec: sleeper() };

const refused: readonly [object, RegExp][] = [
  [{ ...replicaSet({ template }), apiVersion: 'extensions/v1beta1' }, /no matches for kind "ReplicaSet" in version "extensions\/v1beta1"/],
  [{ ...replicaSet({ template }), kind: 'DeaemonSet' }, /no matches for kind "DeaemonSet" in version "apps\/v1"/],
  [replicaSet({ template, selector: { matchLabels: { tier: 'x' } } }), /`selector` does not match template `labels`/],
  [replicaSet({ template }), /spec\.selector: Required value|missing required field "selector"/],
  [
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'always' }, spec: { template: { spec: sleeper() } } },
    /The Job "always" is invalid: spec\.template\.spec\.restartPolicy: Required value: valid values: "OnFailure", "Never"/,
  ],
];

const answers: readonly [string, string][] = [
  ['get rs nope', '(NotFound): replicasets.apps "nope" not found'],
  ['describe rs nope', '(NotFound): replicasets.apps "nope" not found'],
  ['delete rs nope', '(NotFound): replicasets.apps "nope" not found'],
  ['edit rs nope', '(NotFound): replicasets.apps "nope" not found'],
  ['rollout status deployment/nope', '(NotFound): deployments.apps "nope" not found'],
  ['rollout undo deployment/nope', '(NotFound): deployments.apps "nope" not found'],
  ['autoscale deployment nope --max=3', '(NotFound): deployments.apps "nope" not found'],
  ['label nodes node-9 ssd=true', '(NotFound): nodes "node-9" not found'],
  ['taint nodes node-9 a=b:NoSchedule', '(NotFound): nodes "node-9" not found'],
];

const lines = `
get replicasts
scale rs
scale rs nope --replicas=3
scale deployment web --replica=3
scale deployment web --replicas=-1
delete rs
create deployment
create deployment web --image=x
set image deployment/web nginx=x
set image deployment/web
set image deployment/web web
set resources deployment web
rollout stat deployment/web
rollout history
rollout history deployment/web --revision=9
rollout undo deployment/web --to-revision=9
rollout resume deployment/web
autoscale deployment web
autoscale deployment web --max=0
autoscale deployment web --min=3 --max=2
expose deployment web
patch deployment web -p {"spec":{"replicas":"x"}}
patch deployment web -p {"spec":{"selector":{"matchLabels":{"a":"b"}}}}
label nodes node-1 ssd
taint nodes node-1 a=b:NoSched
taint nodes node-1 a:NoSchedule-
taint
cordon
cordon node-9
drain node-9
drain node-1 --ignore-daemosents
create job x
create cronjob x --image=y --schedule=daily
create quota q --hard=pods
get pods -l a=b=c
get pods -o name --sort-by=nope
run x --image=a --overrides={
delete pod nope --now --force
top pod a b
top pod nope
top node nope`
  .trim()
  .split('\n');
