import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type {
  Digest,
  GrindJob,
  Instance,
  Phase,
  ProvingSession,
  SessionOptions,
  TreeOpening,
} from '../backend.ts';
import { toProofOrder } from '../order.ts';
import { type Placed, placed } from '../placed.ts';
import { quotientInputs } from '../quotient-inputs.ts';
import { type MaskPurpose, Purpose, type SaltPurpose } from '../randomness/stream.ts';
import type { ProofRandomness } from '../randomness/types.ts';
import { type ProofShape, proofShape } from '../shape.ts';
import { type Blinding, blindQuotient, mask } from './blind.ts';
import { type Committed, commit, commitBytes, part } from './commit.ts';
import { deepCodeword, openAt } from './deep.ts';
import { type Codeword, codewordBytes, commitCodeword, finalPolynomial, foldCodeword } from './fri.ts';
import { grind } from './grind.ts';
import { allocateLayout, type SessionLayout, type TreeName } from './layout.ts';
import { buildLookup } from './lookup.ts';
import { Matrix, matrixTables } from './matrix.ts';
import type { Pool, RunOptions } from './pool.ts';
import type { Columns } from './program.ts';
import { openCodeword, openMatrices } from './query.ts';
import {
  combinedQuotient,
  committedSamples,
  interpolateParts,
  type QuotientPlan,
  quotientBytes,
  quotientPlans,
  quotientShape,
  quotientTables,
} from './quotient.ts';
import type { TableKey, Tables } from './tables.ts';
import { fillBytes, loadTraces } from './traces.ts';
import type { CommittedTree } from './tree.ts';

/** What outlives a proof in kernel memory. */
export interface Kept {
  readonly pool: Pool;
  readonly tables: Tables;
  /** Trees over fixed columns, by hash and rate. */
  readonly fixed: Map<string, { readonly matrices: readonly TraceMatrix[]; readonly committed: Committed }[]>;
}

/** Heights below this do not fill a tile and a transform's last pass. */
const MIN_LOG_HEIGHT = 6;

export class CpuSession implements ProvingSession {
  readonly #options: SessionOptions;
  readonly #shape: ProofShape;
  readonly #kept: Kept;
  readonly #pool: Pool;
  readonly #onClose: () => void;
  #mark: number;
  #closed = false;
  #layout!: SessionLayout;
  /** Where memory ends that lasts through the proof. */
  #passing = 0;
  #traces: readonly Columns[] = [];
  #preprocessed: Committed | undefined;
  #main!: Committed;
  #aux!: Committed;
  #quotient!: Committed;
  #challenges: readonly [QuadFelt, QuadFelt] = [Q.ZERO, Q.ZERO];
  #sigmas: readonly QuadFelt[] = [];
  #points: readonly [QuadFelt, QuadFelt] = [Q.ZERO, Q.ZERO];
  #opened: readonly [readonly QuadFelt[], readonly QuadFelt[]] = [[], []];
  #codeword: Codeword = { address: 0, log: 0 };
  #rounds: { readonly codeword: Codeword; readonly tree: CommittedTree }[] = [];

  constructor(kept: Kept, options: SessionOptions, onClose: () => void) {
    this.#kept = kept;
    this.#pool = kept.pool;
    this.#options = options;
    this.#onClose = onClose;
    this.#mark = kept.pool.mark();
    this.#shape = proofShape(
      options.instances.map((i) => i.air),
      options.instances.map((i) => i.logHeight),
      options.profile,
    );
  }

  async commitMain(): Promise<{ preprocessed?: Digest; main: Digest }> {
    const { instances, profile } = this.#options;
    const low = instances.find((i) => i.logHeight < MIN_LOG_HEIGHT);
    if (low) throw new RangeError(`${low.air.name}: the CPU backend takes traces of 64 rows and more`);
    // Tables and fixed trees stay for later proofs, but only what was finished.
    await this.#kept.tables.prepare(this.#tableKeys(), this.#run());
    this.#mark = this.#pool.mark();
    const fixed = this.#shape.order.flatMap((i) => instances[i].preprocessed ?? []);
    if (fixed.length > 0) {
      this.#preprocessed = await this.#commitFixed(fixed);
      this.#mark = this.#pool.mark();
    }
    this.#layout = allocateLayout(this.#pool, this.#shape, profile, this.#plans(), this.#phaseBytes());
    this.#passing = this.#pool.mark();
    this.#traces = await loadTraces(this.#pool, instances, this.#run('trace'));
    this.#progress('trace')(1);
    const { main: matrices } = this.#layout.matrices;
    const tasks = matrices.map((m, i) =>
      m.interpolate(this.#kept.tables, this.#traces[this.#shape.order[i]]),
    );
    await this.#pool.run(tasks, part(this.#run('commit-main'), 0, 0.1));
    await this.#mask(matrices, Purpose.MainMask);
    this.#main = await this.#commit('commit-main', 'main', Purpose.MainSalt);
    const main = this.#main.tree.root();
    return this.#preprocessed ? { preprocessed: this.#preprocessed.tree.root(), main } : { main };
  }

  async commitAux(alpha: QuadFelt, beta: QuadFelt): Promise<{ root: Digest; sigmas: readonly QuadFelt[] }> {
    const { instances } = this.#options;
    this.#challenges = [alpha, beta];
    const sigmas = new Array<QuadFelt>(instances.length);
    for (const [position, i] of this.#shape.order.entries()) {
      const { air, logHeight, publicValues } = instances[i];
      const matrix = this.#layout.matrices.aux[position];
      // Columns are built where a block will stand, and interpolated from there.
      const source = matrix.block(0);
      const job = {
        air,
        logHeight,
        publicValues,
        main: this.#traces[i],
        preprocessed: this.#fixedTrace(instances[i]),
        aux: source,
      };
      const progress = part(
        this.#run('lookup'),
        position / instances.length,
        (position + 1) / instances.length,
      );
      sigmas[i] = await buildLookup(this.#pool, job, this.#challenges, progress);
      const columns = 2 * air.lookups.length;
      await this.#pool.run([matrix.interpolate(this.#kept.tables, source, columns)], this.#run());
      if (air.hiddenSum) setConstants(this.#pool, matrix, columns, sigmas[i]);
    }
    this.#sigmas = sigmas;
    this.#progress('lookup')(1);
    this.#pool.release(this.#passing);
    await this.#mask(this.#layout.matrices.aux, Purpose.AuxMask);
    this.#aux = await this.#commit('commit-aux', 'aux', Purpose.AuxSalt);
    return { root: this.#aux.tree.root(), sigmas };
  }

  async commitQuotient(alpha: QuadFelt, beta: QuadFelt): Promise<Digest> {
    const { instances, profile } = this.#options;
    const plans = toProofOrder(this.#shape.order, this.#plans());
    const shape = quotientShape(this.#shape, profile.logBlowup);
    const inputs = quotientInputs(
      this.#shape,
      instances,
      { sigmas: this.#sigmas, challenges: this.#challenges },
      { preprocessed: this.#preprocessed, main: this.#main, aux: this.#aux },
    );
    const [matrix] = this.#layout.matrices.quotient;
    const { tables } = this.#kept;
    // Where sums are hidden, one more constraint is folded in last: the sums' own.
    const scale = profile.hiddenSums ? beta : Q.ONE;
    const fold = { alpha, beta, scale };
    const quotient = await combinedQuotient(
      this.#pool,
      tables,
      inputs,
      plans,
      shape,
      fold,
      this.#run('constraints'),
    );
    this.#progress('constraints')(1);
    await this.#pool.run(interpolateParts(tables, quotient.blocks, matrix, shape.logParts), this.#run());
    if (matrix.tails) {
      const samples = committedSamples(shape, shape.logMaxHeight);
      const blinding = {
        logParts: shape.logParts,
        blinderLength: profile.blinderLength,
        maskingColumns: profile.maskingColumns,
        ...(samples && { beyond: { values: quotient.samples!, samples, length: this.#shape.excessLength } }),
        sums: profile.hiddenSums ? this.#sumMasks() : [],
      };
      await blindQuotient(this.#pool, tables, matrix, blinding, this.#randomness(), this.#run());
    }
    this.#pool.release(this.#passing);
    this.#quotient = await this.#commit('commit-quotient', 'quotient', Purpose.QuotientSalt);
    return this.#quotient.tree.root();
  }

  async evaluateAt(z: QuadFelt): Promise<readonly [readonly QuadFelt[], readonly QuadFelt[]]> {
    this.#points = [z, Q.mulBase(z, F.rootOfUnity(this.#shape.logMaxHeight))];
    const options = part(this.#run('deep'), 0, 0.5);
    this.#opened = await openAt(this.#pool, this.#shape, this.#placed(), this.#points, options);
    return this.#opened;
  }

  async deep(columnChallenge: QuadFelt, pointChallenge: QuadFelt): Promise<void> {
    const { logLde } = this.#shape;
    this.#codeword = { address: this.#pool.allocate(codewordBytes(logLde)), log: logLde };
    await deepCodeword(
      this.#pool,
      this.#kept.tables,
      this.#shape,
      this.#placed(),
      this.#points,
      this.#opened,
      [columnChallenge, pointChallenge],
      this.#codeword.address,
      part(this.#run('deep'), 0.5, 1),
    );
    this.#progress('deep')(1);
  }

  async friCommit(): Promise<Digest> {
    const tree = await commitCodeword(this.#pool, this.#options.profile.hash, this.#codeword, this.#friRun());
    this.#rounds.push({ codeword: this.#codeword, tree });
    return tree.root();
  }

  async friFold(beta: QuadFelt): Promise<void> {
    this.#codeword = await foldCodeword(this.#pool, this.#codeword, beta, this.#friRun());
  }

  async friFinal(): Promise<readonly QuadFelt[]> {
    this.#progress('fri')(1);
    const { logFinalLength, finalLength } = this.#shape;
    return finalPolynomial(this.#pool, this.#codeword, logFinalLength, finalLength);
  }

  grind(job: GrindJob): Promise<Felt> {
    return grind(this.#pool, job, this.#run());
  }

  async query(indices: readonly number[]): Promise<{
    preprocessed?: TreeOpening;
    main: TreeOpening;
    aux: TreeOpening;
    quotient: TreeOpening;
    fri: TreeOpening[];
  }> {
    const open = (committed: Committed) =>
      openMatrices(this.#pool, this.#options.profile.hash, committed, indices, this.#run());
    const preprocessed = this.#preprocessed && (await open(this.#preprocessed));
    const main = await open(this.#main);
    const aux = await open(this.#aux);
    const quotient = await open(this.#quotient);
    const fri = this.#rounds.map(({ codeword, tree }) => openCodeword(this.#pool, codeword, tree, indices));
    this.#progress('queries')(1);
    return { ...(preprocessed && { preprocessed }), main, aux, quotient, fri };
  }

  peakBytes(): number {
    return this.#pool.peak;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pool.release(this.#mark);
    this.#onClose();
  }

  #randomness(): ProofRandomness {
    const { randomness } = this.#options;
    if (!randomness) throw new RangeError('a hiding proof without randomness');
    return randomness;
  }

  /** Masks the columns of the matrices of all instances. */
  async #mask(matrices: readonly Matrix[], purpose: MaskPurpose): Promise<void> {
    if (this.#options.profile.maskLength === 0) return;
    const columns = matrices.map((matrix, position) => ({ matrix, instance: this.#shape.order[position] }));
    await mask(this.#pool, columns, purpose, this.#randomness(), this.#run());
  }

  /** The masks of the hidden sums: the last two columns of each aux matrix. */
  #sumMasks(): Blinding['sums'] {
    return this.#aux.matrices.flatMap(({ logHeight, width, tails }) =>
      tails ? [{ logHeight, masks: { ...tails, address: tails.address + (width - 2) * tails.stride } }] : [],
    );
  }

  async #commit(phase: Phase, name: TreeName, purpose: SaltPurpose): Promise<Committed> {
    const { hash, saltWidth } = this.#options.profile;
    const salts = saltWidth === 0 ? undefined : this.#randomness().salts(purpose);
    const { matrices, trees } = this.#layout;
    const options = part(this.#run(phase), 0.1, 1);
    const { tables } = this.#kept;
    const committed = await commit(this.#pool, tables, hash, matrices[name], trees[name], salts, options);
    this.#progress(phase)(1);
    return committed;
  }

  /** The tree over fixed columns, from the last proof if it was over the very same ones. */
  async #commitFixed(traces: readonly TraceMatrix[]): Promise<Committed> {
    const { hash, logBlowup } = this.#options.profile;
    const key = `${hash} ${logBlowup}`;
    const known = this.#kept.fixed.get(key) ?? [];
    this.#kept.fixed.set(key, known);
    const same = known.find(
      (k) => k.matrices.length === traces.length && k.matrices.every((m, i) => m === traces[i]),
    );
    if (same) return same.committed;
    const { logLeaves, matrices: shapes } = this.#shape.trees.find((t) => t.name === 'preprocessed')!;
    const matrices = shapes.map((m) => Matrix.allocate(this.#pool, m, logBlowup));
    const tasks = matrices.map((m, i) => {
      // The columns wait where the first block will stand.
      const source = m.block(0);
      this.#pool.words(source.address, m.width * m.height).set(traces[i].data);
      return m.interpolate(this.#kept.tables, source);
    });
    await this.#pool.run(tasks, this.#run());
    const address = this.#pool.allocate(commitBytes(logLeaves));
    const committed = await commit(
      this.#pool,
      this.#kept.tables,
      hash,
      matrices,
      address,
      undefined,
      this.#run(),
    );
    known.push({ matrices: traces, committed });
    return committed;
  }

  /** The fixed columns of an instance as a trace, natural order. */
  #fixedTrace({ preprocessed }: Instance): Columns | undefined {
    if (!preprocessed) return undefined;
    const { data, height } = preprocessed;
    const address = this.#pool.allocate(8 * data.length);
    this.#pool.words(address, data.length).set(data);
    return { address, stride: 8 * height };
  }

  #placed(): Placed<Matrix>[] {
    return placed(this.#shape, {
      preprocessed: this.#preprocessed,
      main: this.#main,
      aux: this.#aux,
      quotient: this.#quotient,
    });
  }

  /** How each instance's quotient is computed, instance order. */
  #plans(): QuotientPlan[] {
    const { instances, profile } = this.#options;
    const airs = instances.map((i) => i.air);
    return quotientPlans(airs, this.#shape, profile);
  }

  #tableKeys(): TableKey[] {
    const { logBlowup } = this.#options.profile;
    return [
      ...this.#shape.logHeights.flatMap((log) => matrixTables(log, logBlowup)),
      ...quotientTables(this.#plans(), quotientShape(this.#shape, logBlowup)),
    ];
  }

  /** What the phases take whose memory passes. */
  #phaseBytes(): { readonly traces: number; readonly quotients: number } {
    const { instances, profile } = this.#options;
    const widths = instances.map(({ air }) => air.mainWidth + 2 * air.auxWidth + air.preprocessedWidth);
    const shape = quotientShape(this.#shape, profile.logBlowup);
    return { traces: this.#traceBytes(), quotients: quotientBytes(this.#plans(), widths, shape) };
  }

  /** Main columns, what filling them takes, and the fixed columns that lookups read beside them. */
  #traceBytes(): number {
    return this.#options.instances.reduce(
      (sum, { air, logHeight, trace }) =>
        sum +
        8 * (air.mainWidth + air.preprocessedWidth) * 2 ** logHeight +
        (trace.kind === 'eidos' ? fillBytes(trace.blocks.count) : 0) +
        64,
      0,
    );
  }

  #progress(phase: Phase): (fraction: number) => void {
    return (fraction) => this.#options.onProgress?.(phase, fraction);
  }

  /** Options for the pool; with a phase, progress is reported as that phase's. */
  #run(phase?: Phase): RunOptions {
    return { signal: this.#options.signal, onProgress: phase && this.#progress(phase) };
  }

  #friRun(): RunOptions {
    const total = this.#shape.friLogSizes.length + 1;
    const done = this.#rounds.length / total;
    return part(this.#run('fri'), done, done);
  }
}

/** Makes two columns, from `column` on, constant: those of the polynomials that an extension element is. */
function setConstants(pool: Pool, matrix: Matrix, column: number, value: QuadFelt): void {
  for (const half of [0, 1]) {
    const words = pool.words(matrix.coefficients + (column + half) * matrix.stride, matrix.height);
    words.fill(0n);
    words[0] = value[half];
  }
}
