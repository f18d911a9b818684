/** An example of everything that is served. */
import { apps } from './apps.ts';
import { cluster } from './cluster.ts';
import { core } from './core.ts';
import type { Examples } from './example.ts';
import { network } from './network.ts';
import { reviews } from './reviews.ts';
import { storage } from './storage.ts';
import { workloads } from './workloads.ts';

export const examples: Examples = { ...core, ...apps, ...workloads, ...cluster, ...network, ...reviews, ...storage };
