import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the operator's numbers are asked of. */
export interface Measured {
  readonly height: () => number;
  readonly waiting: () => number;
}

/** Numbers for Prometheus. None of them tells of a single client or transaction. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'method' | 'code'>;
  readonly #seconds: Histogram<'method'>;

  constructor({ height, waiting }: Measured) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      name: 'kiln_requests_total',
      help: 'Requests by method and status code',
      labelNames: ['method', 'code'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'kiln_request_seconds',
      help: 'How long requests took',
      labelNames: ['method'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    });
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    };
    gauge('kiln_block_height', 'Number of the latest block', height);
    gauge('kiln_waiting_transactions', 'Transactions that wait for a block', waiting);
  }

  request(method: string, code: string, seconds: number): void {
    this.#requests.inc({ method, code });
    this.#seconds.observe({ method }, seconds);
  }
}
