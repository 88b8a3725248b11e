import { KilnError } from '../errors.ts';
import type { Backend, BackendName } from './backend.ts';

/** A backend that this machine may or may not have: opening it tells. */
export interface BackendOffer {
  readonly name: BackendName;
  /** `named`: somebody asked for this one, so a slow kind of it (a software adapter) will do. Throws a `KilnError`. */
  open(named: boolean): Promise<Backend>;
}

/** Told that work goes on with `next`, because `failed` gave up with `reason`. */
export type OnFallback = (failed: BackendName, reason: KilnError, next: BackendName) => void;

/** Failures of a backend, not of what it was asked to prove. */
const OF_THE_BACKEND: ReadonlySet<string> = new Set([
  'backend-unavailable',
  'device-lost',
  'faulty-backend',
  'out-of-memory',
]);

/** The backends of a platform, best first. Each is opened when it is first needed, and kept. */
export class Backends {
  readonly #offers: readonly BackendOffer[];
  readonly #open = new Map<BackendName, Promise<Backend>>();

  constructor(offers: readonly BackendOffer[]) {
    this.#offers = offers;
  }

  get names(): readonly BackendName[] {
    return this.#offers.map(({ name }) => name);
  }

  /**
   * Runs `work` on the backend called `name`, on that one only. Without a name: on the first, and again from the start
   * on the next whenever one cannot be had, fails, loses its device or runs out of memory. Throws what the last one threw, and
   * at once whatever else `work` throws.
   */
  async run<T>(
    name: BackendName | undefined,
    work: (backend: Backend) => Promise<T>,
    onFallback: OnFallback,
  ): Promise<T> {
    const offers = name === undefined ? this.#offers : this.#offers.filter((offer) => offer.name === name);
    if (offers.length === 0) {
      throw new KilnError('backend-unavailable', `There is no backend ${name} here.`, {
        advice: `Choose one of: ${this.names.join(', ')}.`,
      });
    }
    for (const [i, offer] of offers.entries()) {
      try {
        return await work(await this.#get(offer, name !== undefined));
      } catch (error) {
        if (!(error instanceof KilnError) || !OF_THE_BACKEND.has(error.kind)) throw error;
        await this.#drop(offer.name);
        const next = offers[i + 1];
        if (next === undefined) throw error;
        onFallback(offer.name, error, next.name);
      }
    }
    throw new Error('unreachable: the last offer returns or throws');
  }

  async close(): Promise<void> {
    await Promise.all(this.names.map((name) => this.#drop(name)));
  }

  #get(offer: BackendOffer, named: boolean): Promise<Backend> {
    let opening = this.#open.get(offer.name);
    if (!opening) {
      opening = offer.open(named);
      this.#open.set(offer.name, opening);
    }
    return opening;
  }

  /** A backend that failed is opened afresh next time. */
  async #drop(name: BackendName): Promise<void> {
    const opening = this.#open.get(name);
    this.#open.delete(name);
    const backend = await opening?.catch(() => undefined);
    await backend?.close();
  }
}
