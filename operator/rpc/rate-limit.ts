export interface Rate {
  /** Requests that are let through at once after a pause. */
  readonly burst: number;
  readonly perSecond: number;
}

/** So many clients are remembered; of more, those that were quiet the longest are forgotten. */
const CLIENTS = 10_000;

/** A bucket of tokens for each client. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** In the order of their latest request. */
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** `now`: ms. */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Whether this client may make one more request now. */
  take(client: string): boolean {
    const { burst, perSecond } = this.#rate;
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(client) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + ((now - at) * perSecond) / 1000);
    const allowed = filled >= 1;
    this.#buckets.delete(client);
    this.#buckets.set(client, { tokens: allowed ? filled - 1 : filled, at: now });
    if (this.#buckets.size > CLIENTS) this.#buckets.delete(this.#buckets.keys().next().value!);
    return allowed;
  }
}
