/** A namespace in which the lines of a tutorial are typed, and what they print is compared with what it shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@t8s/testkit';
import type { Client, ClusterUnderTest } from '../../lab/cluster-under-test.ts';
import type { Outcome } from '../../lab/command.ts';

/** How long anything may take on a machine that has much else to do. */
export const patience = 120_000;

export class Lesson {
  readonly cluster: ClusterUnderTest;
  readonly namespace: string;

  constructor(cluster: ClusterUnderTest, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** What `kubectl LINE` prints: the words of the line, and words that hold spaces after them. */
  say(line: string, ...more: string[]): Promise<string> {
    return this.sayBy('kubectl', line, ...more);
  }

  sayBy(client: Client, line: string, ...more: string[]): Promise<string> {
    return this.cluster.client(client, this.#words(line, more), { timeout: patience });
  }

  /** How a line ends, whatever that is. */
  ends(line: string, client: Client = 'kubectl'): Promise<Outcome> {
    return this.cluster.attempt(client, this.#words(line, []), { timeout: patience });
  }

  /** What a line says that fails. */
  async fails(line: string, client: Client = 'kubectl'): Promise<string> {
    const { code, stdout, stderr } = await this.ends(line, client);
    assert.notEqual(code, 0, stdout);
    return stderr.trim();
  }

  /** Applies objects of the namespace, and says what kubectl says. */
  apply(...items: object[]): Promise<string> {
    return this.send('apply', ...items);
  }

  /** `kubectl LINE -f FILE`, of a file with these objects. */
  send(line: string, ...items: object[]): Promise<string> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    return this.cluster.client('kubectl', this.#words(`${line} -f -`, []), { input });
  }

  /** What kubectl says of an object that can't be created. */
  async refuses(object: object): Promise<string> {
    const { code, stderr } = await this.cluster.attempt('kubectl', this.#words('create -f -', []), { input: JSON.stringify(object) });
    assert.notEqual(code, 0);
    return stderr;
  }

  /** `kubectl edit`, by somebody who types what this command of sed does. */
  edits(object: string, command: string): Promise<string> {
    return this.cluster.client('kubectl', this.#words(`edit ${object}`, []), {
      env: { ...this.cluster.env, KUBE_EDITOR: `sed -i ${command}` },
    });
  }

  /** Waits until a line prints these lines; see plain(). */
  async prints(line: string, ...expected: string[]): Promise<void> {
    await eventually(async () => assert.deepEqual(plain(await this.say(line)), expected, line), patience);
  }

  /** Waits until a line prints this. */
  async shows(line: string, pattern: RegExp): Promise<string> {
    return await eventually(async () => {
      const text = await this.say(line);
      assert.match(text, pattern, line);
      return text;
    }, patience);
  }

  /** Waits for fields of objects, as `kubectl wait` does. */
  async waitFor(objects: string, ...conditions: string[]): Promise<void> {
    for (const condition of conditions) await this.say(`wait ${objects} --for=${condition} --timeout=${patience / 1000}s`);
  }

  async words(path: string, line: string): Promise<string[]> {
    return (await this.say(line, '-o', `jsonpath=${path}`)).split(/\s+/).filter(Boolean);
  }

  /**
   * What a second window with `kubectl get pods -w` tells of pods that are there, while `act` changes them: `NAME STATUS`, each once.
   * Of the statuses only those that each pod goes through, whatever the kubelet has time to tell in between.
   */
  async watches(selector: string, act: () => Promise<unknown>, ...expected: string[]): Promise<void> {
    const pods = await this.words('{.items[*].metadata.name}', `get pods -l ${selector}`);
    const window = this.cluster.follow(...this.#words(`get pods -l ${selector} -w --no-headers`, []));
    try {
      const before = pods.length;
      // Its first rows may come in pieces.
      await eventually(() => assert.equal(told(window.text()).length, before), patience);
      await act();
      await eventually(() => assert.deepEqual(told(window.text()).slice(before), expected), patience);
    } finally {
      await window.stop();
    }
  }

  #words(line: string, more: readonly string[]): string[] {
    return ['-n', this.namespace, ...line.split(' '), ...more];
  }
}

/** A test in a namespace of its own. */
export function lesson(
  cluster: ClusterUnderTest,
  { name, namespace }: { name: string; namespace: string },
  body: (lesson: Lesson) => Promise<void>,
): void {
  test(name, async () => {
    await cluster.kubectl('create', 'namespace', namespace);
    await body(new Lesson(cluster, namespace));
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });
}

const letters = '[bcdfghjklmnpqrstvwxz2456789]';
const masks: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [new RegExp(`-${letters}{8,10}\\b`, 'g'), '-HASH'],
  [new RegExp(`-${letters}{5}\\b`, 'g'), '-POD'],
  [/\b\d+\.\d+\.\d+\.\d+\b/g, 'IP'],
  [/(?<!cpu: )\b(\d+m\d+s|\d+[ms])\b/g, 'AGE'],
];

/** Lines with one space where there are many, and without what differs from cluster to cluster: addresses, ages, what is made up. */
export function plain(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '));
  return lines.filter(Boolean).map((line) => masks.reduce((masked, [pattern, mask]) => masked.replaceAll(pattern, mask), line));
}

/** Pods' changes of status, of the rows that a watch prints. */
function told(text: string): string[] {
  const last = new Map<string, string>();
  return text.split('\n').flatMap((row) => {
    const [pod = '', , status = ''] = row.split(/\s+/);
    if (!['Pending', 'Running', 'Terminating'].includes(status) || last.get(pod) === status) return [];
    last.set(pod, status);
    return [`${pod} ${status}`];
  });
}

/** A container that sleeps, of whom SIGTERM isn't awaited long. */
export const sleeper = (more: object = {}, image = 't8s.local/busybox:1'): object => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'sleep', image, command: ['sleep', '3600'] }],
  ...more,
});

/** One whose logs and answers name its pod. */
export const greeter = (more: object = {}): object => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'hello', image: 't8s.local/hello:1', ports: [{ containerPort: 8080 }], ...more }],
});
