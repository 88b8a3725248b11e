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
  readonly #isWaiting: (id: Word) => boolean;
  #entries: Entry[] = [];

  /**
   * `now`: seconds since 1970. `isWaiting`: whether a transaction still waits for a block. One that is in a block by now is
   * on disk with that, and must not wait for another; of one that was dropped that is on disk.
   */
  constructor(waiting: Waiting, now: () => number, isWaiting: (id: Word) => boolean) {
    this.#waiting = waiting;
    this.#now = now;
    this.#isWaiting = isWaiting;
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
      this.#waiting.add(
        entries.filter(({ id }) => this.#isWaiting(id)),
        at,
      );
    } catch (error) {
      for (const { reject } of entries) reject(error);
      return;
    }
    for (const { resolve } of entries) resolve(at);
  }
}
