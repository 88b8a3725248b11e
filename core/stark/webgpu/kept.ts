import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Committed } from './commit.ts';
import type { Gpu } from './device.ts';
import { makeTwiddles, type Twiddles } from './ntt.ts';
import { type Pace, Work } from './work.ts';

/** Trees over fixed columns that are kept at most. */
const KEPT_TREES = 4;

interface FixedTree {
  readonly key: string;
  readonly traces: readonly TraceMatrix[];
  readonly committed: Committed;
  readonly work: Work;
}

/** What outlives a proof on a device: transform constants and trees over fixed columns. */
export class Kept {
  readonly gpu: Gpu;
  readonly pace: Pace;
  /** What a proof may take of the device's memory. */
  readonly memoryBytes: number;
  #twiddles: { readonly tables: Twiddles; readonly work: Work } | undefined;
  readonly #fixed: FixedTree[] = [];
  #retired: Work[] = [];

  constructor(gpu: Gpu, pace: Pace, memoryBytes: number) {
    this.gpu = gpu;
    this.pace = pace;
    this.memoryBytes = memoryBytes;
  }

  /** Constants for transforms up to this size. */
  async twiddles(logLde: number, logBlowup: number, signal?: AbortSignal): Promise<Twiddles> {
    const known = this.#twiddles;
    if (known && known.tables.logLde >= logLde && known.tables.logBlowup === logBlowup) return known.tables;
    const made = await this.#make(signal, (work) => makeTwiddles(work, logLde, logBlowup));
    // Another proof may still use the smaller ones.
    if (this.#twiddles) this.#retired.push(this.#twiddles.work);
    this.#twiddles = { tables: made.result, work: made.work };
    return made.result;
  }

  /** The tree over fixed columns: the same objects give the same tree. Kept only once it is complete. */
  async fixed(
    key: string,
    traces: readonly TraceMatrix[],
    signal: AbortSignal | undefined,
    make: (work: Work) => Promise<Committed>,
  ): Promise<Committed> {
    const known = this.#fixed.find(
      (f) => f.key === key && f.traces.length === traces.length && f.traces.every((t, i) => t === traces[i]),
    );
    if (known) return known.committed;
    const { result: committed, work } = await this.#make(signal, make);
    this.#fixed.push({ key, traces, committed, work });
    if (this.#fixed.length > KEPT_TREES) this.#retired.push(this.#fixed.shift()!.work);
    return committed;
  }

  /** Makes something that stays on the device, or nothing. */
  async #make<T>(
    signal: AbortSignal | undefined,
    make: (work: Work) => Promise<T>,
  ): Promise<{ readonly result: T; readonly work: Work }> {
    const work = new Work(this.gpu, this.pace, signal);
    try {
      const result = await make(work);
      await work.finish();
      return { result, work };
    } catch (error) {
      work.close();
      throw error;
    }
  }

  /** Frees what no proof can be using any more. Call when none is open. */
  trim(): void {
    for (const work of this.#retired) work.close();
    this.#retired = [];
  }

  close(): void {
    this.trim();
    for (const { work } of this.#fixed) work.close();
    this.#twiddles?.work.close();
  }
}
