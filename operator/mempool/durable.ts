import type { Word } from '../../core/hash/word.ts';
import type { Waiting } from './waiting.ts';

interface Entry {
  readonly id: Word;
  readonly bytes: Uint8Array;
  readonly resolve: (acceptedAt: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what was accepted to disk, all that came in the meantime at once: the disk is waited for once a turn, not once a
 * transaction.
 */
export class DurableWrites {
  readonly #waiting: Waiting;
  readonly #now: () => number;
  #entries: Entry[] = [];

  /** `now`: seconds since 1970. */
  constructor(waiting: Waiting, now: () => number) {
    this.#waiting = waiting;
    this.#now = now;
  }

  /** Resolves to the time once the transaction is on disk. */
  write(id: Word, bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#entries.length === 0) setImmediate(() => this.flush());
      this.#entries.push({ id, bytes, resolve, reject });
    });
  }

  /** Writes what there is now. */
  flush(): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    const at = this.#now();
    try {
      this.#waiting.add(entries, at);
    } catch (error) {
      for (const { reject } of entries) reject(error);
      return;
    }
    for (const { resolve } of entries) resolve(at);
  }
}
