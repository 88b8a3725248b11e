import * as F from '../../field/felt.ts';
import type { Pool, RunOptions, Task } from './pool.ts';

/** Which transform a table is for: a coset shift * <w> of order 2^log, forwards or back. */
export interface TableKey {
  readonly log: number;
  readonly shift: F.Felt;
  readonly inverse: boolean;
}

const name = ({ log, shift, inverse }: TableKey): string => `${log} ${shift} ${inverse}`;

/** Twiddle tables in kernel memory, 8 * 2^log bytes each, built once and kept as long as the memory. */
export class Tables {
  readonly #pool: Pool;
  readonly #addresses = new Map<string, number>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Bytes that {@link prepare} would allocate for these keys. */
  missingBytes(keys: readonly TableKey[]): number {
    return this.#missing(keys).reduce((sum, { log }) => sum + 8 * 2 ** log + 64, 0);
  }

  /** Builds what is missing. Memory is taken where the pool stands: call before a proof takes its own. */
  async prepare(keys: readonly TableKey[], options: RunOptions): Promise<void> {
    const built: [string, number][] = [];
    const tasks = this.#missing(keys).map((key): Task => {
      const { log, shift, inverse } = key;
      const address = this.#pool.allocate(8 * 2 ** log);
      built.push([name(key), address]);
      const root = F.rootOfUnity(log);
      const params = inverse
        ? [address, log, F.inv(root), F.inv(shift), F.inv(1n << BigInt(log))]
        : [address, log, root, shift, 0n];
      return { kernel: 'buildTable', params, jobs: 1 };
    });
    await this.#pool.run(tasks, options);
    for (const [key, address] of built) this.#addresses.set(key, address);
  }

  /** The address of a prepared table. */
  at(key: TableKey): number {
    const address = this.#addresses.get(name(key));
    if (address === undefined) throw new RangeError(`no twiddle table ${name(key)}`);
    return address;
  }

  #missing(keys: readonly TableKey[]): TableKey[] {
    const unique = new Map(keys.map((key) => [name(key), key]));
    return [...unique].filter(([id]) => !this.#addresses.has(id)).map(([, key]) => key);
  }
}
