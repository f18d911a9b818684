import { ClusterUnderTest } from '../lab/cluster-under-test.ts';
import type { Result } from './result.ts';

/** `t8s up` for one node until all is Ready: from nothing but the packages, and again with its data and images there. */
export async function up(): Promise<Result[]> {
  const cluster = new ClusterUnderTest();
  const seconds: number[] = [];
  try {
    for (let turn = 0; turn < 2; turn++) {
      const start = performance.now();
      await cluster.up();
      seconds.push((performance.now() - start) / 1000);
      await cluster.down(...(turn === 0 ? [] : ['--purge']));
    }
  } catch (error) {
    await cluster.down('--purge');
    throw error;
  } finally {
    cluster.removeHome();
  }
  return [
    {
      work: '`t8s up`, one node → all Ready',
      value: `${seconds[0]?.toFixed(1)} s`,
      goal: '< 20 s',
      upstream: '',
      detail: `from nothing but the packages; again after \`down\`: ${seconds[1]?.toFixed(1)} s`,
    },
  ];
}
