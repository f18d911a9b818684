/** The exercises of tutorials, with the outputs that these show, on three hosts. Each has its namespace, so that some run at a time. */
import { after, before, describe } from 'node:test';
import { ClusterUnderTest } from '../lab/cluster-under-test.ts';
import { access } from './tutorials/access.ts';
import { autoscaling } from './tutorials/autoscaling.ts';
import { daemonSets } from './tutorials/daemon-sets.ts';
import { deployments } from './tutorials/deployments.ts';
import { jobs } from './tutorials/jobs.ts';
import { maintenance } from './tutorials/maintenance.ts';
import { mistakes } from './tutorials/mistakes.ts';
import { replicaSets } from './tutorials/replica-sets.ts';
import { scheduling } from './tutorials/scheduling.ts';
import { statefulSets } from './tutorials/stateful-sets.ts';
import { storage } from './tutorials/storage.ts';

const cluster = new ClusterUnderTest();

describe('tutorials', () => {
  before(async () => {
    await cluster.up('--nodes', '3');
  });
  after(async () => {
    await cluster.down('--purge');
    cluster.removeHome();
  });

  describe('workloads, volumes and access', { concurrency: 4 }, () => {
    for (const chapter of [statefulSets, autoscaling, storage, deployments, replicaSets, daemonSets, jobs, access, mistakes])
      chapter(cluster);
  });

  describe('nodes', () => {
    for (const chapter of [scheduling, maintenance]) chapter(cluster);
  });
});
