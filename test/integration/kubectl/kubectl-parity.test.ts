/** The bundled client beside a real kubectl, both against a real apiserver on a real etcd: the same text, the same exit code. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Cluster, startCluster } from '../harness.ts';
import { type RealKubectl, realKubectl, release } from '../real-kubectl.ts';
import { type BothClients, bothClients } from './both-clients.ts';
import { documents } from './documents.ts';
import { lines } from './lines.ts';

type Outcome = Awaited<ReturnType<BothClients['run']>>['ours'];

let cluster: Cluster;
let kubectl: RealKubectl;
let both: BothClients;
before(async () => {
  kubectl = await realKubectl();
  cluster = await startCluster();
  both = await bothClients(cluster, kubectl.program);
});
after(() => cluster.stop());

for (const [subject, text] of Object.entries(lines))
  test(`the bundled client says what kubectl says: ${subject}`, async () => {
    const different: string[] = [];
    for (const line of linesFor(kubectl, text)) {
      const [command = '', stdin = 'empty'] = line.split(' < ');
      const { theirs, ours } = await both.run(command, documents[stdin]);
      if (comparable(command, ours) !== comparable(command, theirs))
        different.push(`kubectl ${line}\nkubectl ${kubectl.version}: ${shown(theirs)}\nbundled: ${shown(ours)}`);
    }
    assert.equal(different.length, 0, different.join('\n\n'));
  });

/** What only the release our text is of says so is compared with that release. */
function linesFor({ version }: RealKubectl, text: string): string[] {
  const mark = `${release}: `;
  const isExact = version.startsWith(`v${release}.`);
  const lines = text.trim().split('\n');
  return lines.filter((line) => isExact || !line.startsWith(mark)).map((line) => line.replace(mark, ''));
}

/** kubectl prints clusters in whatever order its map of them has. */
function comparable(command: string, { code, out, err }: Outcome): string {
  const isUnordered = command === 'config get-clusters';
  return JSON.stringify([code, isUnordered ? out.split('\n').sort() : out, err]);
}

const shown = ({ code, out, err }: Outcome): string => `exit code ${code}\n${out}${err && `(stderr) ${err}`}`;
