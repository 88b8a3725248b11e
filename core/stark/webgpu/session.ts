import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import type { TraceMatrix } from '../../vm/trace/types.ts';
import type { Digest, GrindJob, Phase, ProvingSession, SessionOptions, TreeOpening } from '../backend.ts';
import { type Placed, placed } from '../placed.ts';
import type { Profile } from '../profile.ts';
import { quotientInputs } from '../quotient-inputs.ts';
import { type MaskPurpose, Purpose, type SaltPurpose, type Stream } from '../randomness/stream.ts';
import { type MatrixShape, type ProofShape, proofShape, type TreeShape } from '../shape.ts';
import { Columns } from './columns.ts';
import { type Committed, commit } from './commit.ts';
import { deepCodeword, openAt } from './deep.ts';
import { type Codeword, commitCodeword, finalPolynomial, foldCodeword } from './fri.ts';
import { Gather } from './gather.ts';
import { grind } from './grind.ts';
import type { Kept } from './kept.ts';
import { buildLookups, lookupResults, readSigmas } from './lookup.ts';
import { Matrix, matrixBytes } from './matrix.ts';
import { type Twiddles, withExtraBlock } from './ntt.ts';
import { openCodeword, openTree } from './open.ts';
import { blindParts, interpolateParts } from './parts.ts';
import { combinedQuotient } from './quotient.ts';
import { loadTraces } from './traces.ts';
import type { Tree } from './tree.ts';
import { Work } from './work.ts';

/** Share of the memory budget that extensions kept for later steps may take; the rest is for trees and work. */
const RESIDENT_SHARE = 0.6;

export class WebGpuSession implements ProvingSession {
  readonly #options: SessionOptions;
  readonly #shape: ProofShape;
  readonly #kept: Kept;
  readonly #work: Work;
  readonly #resident: ReadonlySet<MatrixShape>;
  #twiddles!: Twiddles;
  #traces: readonly Columns[] = [];
  #preprocessed: Committed | undefined;
  #main!: Committed;
  #aux!: Committed;
  #quotient!: Committed;
  #challenges: readonly [QuadFelt, QuadFelt] = [Q.ZERO, Q.ZERO];
  #sigmas: readonly QuadFelt[] = [];
  #points: readonly [QuadFelt, QuadFelt] = [Q.ZERO, Q.ZERO];
  #opened: readonly [readonly QuadFelt[], readonly QuadFelt[]] = [[], []];
  #codeword!: Codeword;
  #rounds: { readonly codeword: Codeword; readonly tree: Tree }[] = [];

  constructor(kept: Kept, options: SessionOptions) {
    this.#kept = kept;
    this.#options = options;
    this.#work = new Work(kept.gpu, kept.pace, options.signal);
    this.#shape = proofShape(
      options.instances.map((i) => i.air),
      options.instances.map((i) => i.logHeight),
      options.profile,
    );
    this.#resident = residentMatrices(this.#shape, options.profile, kept.memoryBytes);
  }

  async commitMain(): Promise<{ preprocessed?: Digest; main: Digest }> {
    const { instances } = this.#options;
    this.#twiddles = await this.#kept.twiddles(
      this.#shape.logLde,
      this.#options.profile.logBlowup,
      this.#options.signal,
    );
    const fixed = this.#shape.order.flatMap((i) => instances[i].preprocessed ?? []);
    if (fixed.length > 0) this.#preprocessed = await this.#commitFixed(fixed);
    this.#traces = await loadTraces(this.#work, instances);
    this.#report('trace')(1);
    const traces = this.#shape.order.map((i) => this.#traces[i]);
    this.#main = await this.#commitTraces('commit-main', 'main', traces, Purpose.MainMask, Purpose.MainSalt);
    const main = await this.#main.tree.root(this.#work);
    return this.#preprocessed
      ? { preprocessed: await this.#preprocessed.tree.root(this.#work), main }
      : { main };
  }

  async commitAux(alpha: QuadFelt, beta: QuadFelt): Promise<{ root: Digest; sigmas: readonly QuadFelt[] }> {
    const { instances } = this.#options;
    this.#challenges = [alpha, beta];
    const results = lookupResults(this.#work, instances.length);
    const built: Columns[] = [];
    for (const [i, { air, logHeight, publicValues, preprocessed }] of instances.entries()) {
      const fixed = preprocessed && this.#work.upload(preprocessed.data);
      const input = { air, logHeight, publicValues, main: this.#traces[i], fixed };
      built.push(await buildLookups(this.#work, input, this.#challenges, results, i));
      this.#work.free(...this.#traces[i].buffers, ...(fixed ? [fixed] : []));
      this.#report('lookup')((i + 1) / instances.length);
    }
    this.#traces = [];
    const airs = instances.map(({ air }) => air);
    this.#sigmas = await readSigmas(this.#work, results, airs);
    this.#work.free(results);
    const traces = this.#shape.order.map((i) => built[i]);
    this.#aux = await this.#commitTraces('commit-aux', 'aux', traces, Purpose.AuxMask, Purpose.AuxSalt);
    this.#work.free(...traces.flatMap((columns) => columns.buffers));
    return { root: await this.#aux.tree.root(this.#work), sigmas: this.#sigmas };
  }

  async commitQuotient(alpha: QuadFelt, beta: QuadFelt): Promise<Digest> {
    const { instances, profile } = this.#options;
    const { logMaxHeight, logParts, excessLength, degreeBound } = this.#shape;
    const inputs = quotientInputs(
      this.#shape,
      instances,
      { sigmas: this.#sigmas, challenges: this.#challenges },
      { preprocessed: this.#preprocessed, main: this.#main, aux: this.#aux },
    );
    const goal = { logParts, hasExtra: excessLength > 0, hiddenSums: profile.hiddenSums };
    const twiddles = goal.hasExtra
      ? await withExtraBlock(this.#work, this.#twiddles, logMaxHeight)
      : this.#twiddles;
    const report = this.#report('constraints');
    const values = await combinedQuotient(this.#work, twiddles, inputs, goal, [alpha, beta], report);
    report(1);
    const matrix = this.#matrix('quotient', this.#tree('quotient').matrices[0]);
    await interpolateParts(this.#work, twiddles, values.parts, matrix, logParts);
    if (degreeBound > matrix.height) {
      const blinders = this.#streams(Purpose.Blinder, 0, 2 * (2 ** logParts - 1));
      const options = { streams: blinders, length: profile.blinderLength };
      await blindParts(this.#work, twiddles, values, matrix, logParts, excessLength, options);
    }
    const masking = this.#streams(Purpose.Masking, 0, profile.maskingColumns);
    const first = matrix.width - masking.length;
    await matrix.randomHeads(this.#work, first, masking, { count: matrix.height });
    const beyond = { count: degreeBound - matrix.height, from: matrix.height };
    await matrix.randomTails(this.#work, first, masking, beyond);
    for (const buffer of [values.parts, values.extra, twiddles.extra]) if (buffer) this.#work.free(buffer);
    const progress = this.#report('commit-quotient');
    this.#quotient = await commit(
      this.#work,
      this.#twiddles,
      profile.hash,
      [matrix],
      this.#salt(Purpose.QuotientSalt),
      progress,
    );
    const root = await this.#quotient.tree.root(this.#work);
    progress(1);
    return root;
  }

  async evaluateAt(z: QuadFelt): Promise<readonly [readonly QuadFelt[], readonly QuadFelt[]]> {
    this.#points = [z, Q.mulBase(z, F.rootOfUnity(this.#shape.logMaxHeight))];
    const report = this.#report('deep');
    this.#opened = await openAt(this.#work, this.#shape, this.#placed(), this.#points, (fraction) =>
      report(0.5 * fraction),
    );
    return this.#opened;
  }

  async deep(columnChallenge: QuadFelt, pointChallenge: QuadFelt): Promise<void> {
    const report = this.#report('deep');
    const buffer = await deepCodeword(
      this.#work,
      this.#twiddles,
      this.#shape,
      this.#placed(),
      this.#points,
      this.#opened,
      [columnChallenge, pointChallenge],
      (fraction) => report(0.5 + 0.5 * fraction),
    );
    this.#codeword = { buffer, log: this.#shape.logLde };
    report(1);
  }

  async friCommit(): Promise<Digest> {
    const tree = await commitCodeword(this.#work, this.#options.profile.hash, this.#codeword);
    this.#rounds.push({ codeword: this.#codeword, tree });
    return tree.root(this.#work);
  }

  async friFold(beta: QuadFelt): Promise<void> {
    this.#codeword = await foldCodeword(this.#work, this.#twiddles, this.#codeword, beta);
    this.#report('fri')(this.#rounds.length / (this.#shape.friLogSizes.length + 1));
  }

  async friFinal(): Promise<readonly QuadFelt[]> {
    const polynomial = await finalPolynomial(
      this.#work,
      this.#codeword,
      this.#shape.finalLength,
      this.#shape.logFinalLength,
    );
    this.#report('fri')(1);
    return polynomial;
  }

  grind(job: GrindJob): Promise<Felt> {
    return grind(this.#work, job);
  }

  async query(indices: readonly number[]): Promise<{
    preprocessed?: TreeOpening;
    main: TreeOpening;
    aux: TreeOpening;
    quotient: TreeOpening;
    fri: TreeOpening[];
  }> {
    const gather = new Gather(this.#work);
    const { hash } = this.#options.profile;
    const open = (committed: Committed) =>
      openTree(gather, this.#work, this.#twiddles, hash, committed, indices);
    const main = await open(this.#main);
    const aux = await open(this.#aux);
    const quotient = await open(this.#quotient);
    const preprocessed = this.#preprocessed && (await open(this.#preprocessed));
    const fri = this.#rounds.map(({ codeword, tree }) => openCodeword(gather, tree, codeword, indices));
    const words = await gather.read();
    const openings = {
      main: main(words),
      aux: aux(words),
      quotient: quotient(words),
      fri: fri.map((opening) => opening(words)),
    };
    this.#report('queries')(1);
    return preprocessed ? { preprocessed: preprocessed(words), ...openings } : openings;
  }

  peakBytes(): number {
    return this.#work.peakBytes;
  }

  close(): void {
    this.#work.close();
  }

  /** Interpolates traces in proof order, masks, extends and commits them. */
  async #commitTraces(
    phase: Phase,
    name: 'main' | 'aux',
    traces: readonly Columns[],
    mask: MaskPurpose,
    salt: SaltPurpose,
  ): Promise<Committed> {
    const { profile } = this.#options;
    const report = this.#report(phase);
    const matrices: Matrix[] = [];
    for (const [i, shape] of this.#tree(name).matrices.entries()) {
      const matrix = this.#matrix(name, shape);
      await matrix.interpolate(this.#work, this.#twiddles, traces[i]);
      if (profile.maskLength > 0) {
        const streams = this.#streams(mask, shape.instance!, matrix.width);
        await matrix.mask(this.#work, streams, profile.maskLength);
      }
      matrices.push(matrix);
    }
    report(0.1);
    const committed = await commit(
      this.#work,
      this.#twiddles,
      profile.hash,
      matrices,
      this.#salt(salt),
      (fraction) => report(0.1 + 0.9 * fraction),
    );
    report(1);
    return committed;
  }

  /** The tree over fixed columns, from an earlier proof if it was over the very same ones. */
  #commitFixed(traces: readonly TraceMatrix[]): Promise<Committed> {
    const { hash, logBlowup } = this.#options.profile;
    return this.#kept.fixed(`${hash} ${logBlowup}`, traces, this.#options.signal, async (work) => {
      const matrices: Matrix[] = [];
      for (const [i, { width, logHeight }] of this.#tree('preprocessed').matrices.entries()) {
        const columns = new Columns(work, width, 2 ** logHeight);
        columns.upload(work, traces[i].data);
        const matrix = new Matrix(work, { width, logHeight }, logBlowup, true, 0);
        await matrix.interpolate(work, this.#twiddles, columns);
        work.free(...columns.buffers);
        matrices.push(matrix);
      }
      const report = this.#report('commit-main');
      return commit(work, this.#twiddles, hash, matrices, undefined, (fraction) => report(0.05 * fraction));
    });
  }

  #placed(): Placed<Matrix>[] {
    return placed(this.#shape, {
      preprocessed: this.#preprocessed,
      main: this.#main,
      aux: this.#aux,
      quotient: this.#quotient,
    });
  }

  #matrix(name: TreeShape['name'], shape: MatrixShape): Matrix {
    const { logBlowup } = this.#options.profile;
    const extra = extraCoefficients(this.#shape, this.#options.profile, name);
    return new Matrix(this.#work, shape, logBlowup, this.#resident.has(shape), extra);
  }

  /** The streams of columns 0 to `count` of an instance. */
  #streams(purpose: MaskPurpose, instance: number, count: number): Stream[] {
    const { randomness } = this.#options;
    return Array.from({ length: count }, (_, column) => randomness!.take(purpose, instance, column));
  }

  #salt(purpose: SaltPurpose): Stream | undefined {
    const { profile, randomness } = this.#options;
    return profile.saltWidth > 0 ? randomness!.salts(purpose) : undefined;
  }

  #tree(name: TreeShape['name']): TreeShape {
    return this.#shape.trees.find((t) => t.name === name)!;
  }

  #report(phase: Phase): (fraction: number) => void {
    return (fraction) => this.#options.onProgress?.(phase, fraction);
  }
}

/**
 * The matrices whose extension stays in memory: the small ones first, as long as the budget lasts. The others are
 * extended block by block whenever a step needs them.
 */
function residentMatrices(
  shape: ProofShape,
  profile: Profile,
  memoryBytes: number,
): ReadonlySet<MatrixShape> {
  const all = shape.trees.flatMap(({ name, matrices }) =>
    matrices.map((matrix) => ({
      shape: matrix,
      ...matrixBytes(
        matrix.width,
        matrix.logHeight,
        profile.logBlowup,
        extraCoefficients(shape, profile, name),
      ),
    })),
  );
  let left = RESIDENT_SHARE * memoryBytes - all.reduce((sum, { least }) => sum + least, 0);
  const resident = new Set<MatrixShape>();
  for (const { shape: matrix, resident: bytes } of all.sort((a, b) => a.resident - b.resident)) {
    left -= bytes;
    if (left < 0) break;
    resident.add(matrix);
  }
  return resident;
}

/** Coefficients that the columns of a tree's matrices have beyond their height. */
const extraCoefficients = (shape: ProofShape, profile: Profile, name: TreeShape['name']): number => {
  if (name === 'preprocessed') return 0;
  return name === 'quotient' ? shape.degreeBound - 2 ** shape.logMaxHeight : profile.maskLength;
};
