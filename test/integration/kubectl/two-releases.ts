/** The same command line through two releases of kubectl, each in a namespace of its own: what they say and what is stored. */
import assert from 'node:assert/strict';
import type { KubeObject } from '@t8s/meta';
import type { Cluster } from '../harness.ts';
import { given, newSide, type Ran, runReal, type Side, settled, withoutChance } from './side.ts';

export interface Release {
  program: string;
  version: string;
}

export class TwoReleases {
  readonly #cluster: Cluster;
  readonly #releases: readonly [Release, Release];
  readonly #sides: readonly [Side, Side];

  private constructor(cluster: Cluster, releases: readonly [Release, Release], sides: readonly [Side, Side]) {
    this.#cluster = cluster;
    this.#releases = releases;
    this.#sides = sides;
  }

  /** Namespaces begin with `name`. */
  static async in(cluster: Cluster, name: string, releases: readonly [Release, Release]): Promise<TwoReleases> {
    return new TwoReleases(cluster, releases, [await newSide(cluster, `${name}-a`), await newSide(cluster, `${name}-b`)]);
  }

  /** What both print, stdout before stderr; fails where they differ, or where the exit code is another. */
  async says(line: string, { stdin = '', code = 0 }: { stdin?: string; code?: number } = {}): Promise<string> {
    const [[older, newer], [a, b]] = [this.#releases, this.#sides];
    const runs = [runReal(older.program, given(a, line, stdin), a), runReal(newer.program, given(b, line, stdin), b)];
    const [first, second] = (await Promise.all(runs)) as [Ran, Ran];
    const [x, y] = [alike(settled(first, a)), alike(settled(second, b))];
    assert.deepEqual(x, y, `kubectl ${line}: ${older.version} and ${newer.version} differ`);
    assert.equal(x.code, code, `kubectl ${line}: exit code ${x.code}\n${x.out}${x.err}`);
    return x.out + x.err;
  }

  /** The object at `path` (`$NS` is the namespace) as it is stored for both; fails where the two are not the same. */
  async stored(path: string): Promise<Json> {
    const [first, second] = await Promise.all(this.#sides.map((side) => this.#read(path, side)));
    assert.deepEqual(first, second, `${path} is not the same for both`);
    return first as Json;
  }

  async #read(path: string, side: Side): Promise<Json> {
    const { body } = await this.#cluster.api.admin.request({ method: 'GET', path: path.replaceAll('$NS', side.namespace) });
    const object = JSON.parse(withoutChance(body.toString(), side)) as KubeObject;
    // They stand in the order of their times, which are seconds.
    object.metadata.managedFields?.sort((x, y) => ((x.manager ?? '') < (y.manager ?? '') ? -1 : 1));
    return object as unknown as Json;
  }
}

/** What older releases say in other words, or don't: the words a field may hold. */
const alike = (ran: Ran): Ran => ({
  ...ran,
  out: ran.out
    .replaceAll(/ annotate$/gm, ' annotated')
    .replaceAll(/^(FIELD: .*\n)\n+/gm, '$1\n')
    .replaceAll(/^ +enum: .*\n/gm, ''),
});

export type Json = Record<string, unknown>;

/** Fails where `actual` has not all that `part` has; lists must be of one length. */
export function includes(actual: unknown, part: unknown, at = ''): void {
  if (typeof part !== 'object' || part === null) {
    assert.deepEqual(actual, part, at || undefined);
    return;
  }
  if (Array.isArray(part)) assert.equal((actual as unknown[] | undefined)?.length, part.length, `${at}: ${JSON.stringify(actual)}`);
  for (const [key, value] of Object.entries(part)) includes((actual as Json | undefined)?.[key], value, `${at}.${key}`);
}
