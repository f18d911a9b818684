/** Metrics under the names that CoreDNS dashboards ask for. */
import { Counter, Histogram, Registry } from 'prom-client';

export class DnsMetrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'coredns_dns_requests_total',
    help: 'Counter of DNS requests made per protocol and type.',
    labelNames: ['proto', 'type'] as const,
    registers: [this.registry],
  });
  readonly responses = new Counter({
    name: 'coredns_dns_responses_total',
    help: 'Counter of response status codes.',
    labelNames: ['rcode'] as const,
    registers: [this.registry],
  });
  readonly duration = new Histogram({
    name: 'coredns_dns_request_duration_seconds',
    help: 'Histogram of the time (in seconds) each request took.',
    buckets: Array.from({ length: 16 }, (_, i) => 0.00025 * 2 ** i),
    registers: [this.registry],
  });
}
