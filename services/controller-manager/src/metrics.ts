/** Metrics under upstream's names: a work queue is its controller's. */
import type { Controller } from '@t8s/controller';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export class ManagerMetrics {
  readonly registry = new Registry();
  readonly #controllers: Controller[] = [];
  readonly #leading = new Gauge({
    name: 'leader_election_master_status',
    help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.',
    labelNames: ['name'],
    registers: [this.registry],
  });
  readonly #duration = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes.',
    labelNames: ['name'],
    buckets: [0.001, 0.01, 0.1, 1, 10],
    registers: [this.registry],
  });
  readonly #retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue',
    labelNames: ['name'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const controllers = this.#controllers;
    new Gauge({
      name: 'workqueue_depth',
      help: 'Current depth of workqueue',
      labelNames: ['name'],
      registers: [this.registry],
      collect() {
        for (const { name, depth } of controllers) this.set({ name }, depth);
      },
    });
  }

  leads(name: string, isLeading: boolean): void {
    this.#leading.set({ name }, isLeading ? 1 : 0);
  }

  watch(controller: Controller): void {
    const { name } = controller;
    this.#controllers.push(controller);
    controller.observe(({ seconds, failed }) => {
      this.#duration.observe({ name }, seconds);
      if (failed) this.#retries.inc({ name });
    });
  }
}
